#include "kernels/index/element_rules.hpp"

#include <fmt/core.h>

#include "colonnade/error.hpp"

namespace colonnade::reference {

void require_indices(const TypeInfo& indices) {
  if (is_floating(indices.dtype) || indices.dtype == DType::boolean) {
    throw Error(ErrorCode::mismatch,
                fmt::format("expected integer indices, found {}", name_of(indices.dtype)));
  }
}

void require_elements_fit(std::int64_t axis, const Shape& x, const Shape& indices) {
  const std::size_t skipped = normalize_axis(axis, x.rank());
  bool fits = x.rank() == indices.rank();
  for (std::size_t i = 0; fits && i < x.rank(); ++i) {
    fits = i == skipped || x[i] < 0 || indices[i] <= x[i];
  }
  if (!fits) {
    throw Error(ErrorCode::mismatch,
                fmt::format("indices of shape {} don't fit in {} along other axes than {}",
                            indices.to_string(), x.to_string(), skipped));
  }
}

void require_depth(std::int64_t depth, std::size_t rank, const Shape& indices) {
  // No index at all (0) would select the whole of x; neither exporters nor ONNX mean that.
  if (depth < 1 || depth > static_cast<std::int64_t>(rank)) {
    throw Error(ErrorCode::mismatch,
                fmt::format("the last dimension of indices {} must be 1 to {}: the dimensions that "
                            "they index",
                            indices.to_string(), rank));
  }
}

}  // namespace colonnade::reference
