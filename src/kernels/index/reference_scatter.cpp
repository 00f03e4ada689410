#include <fmt/core.h>

#include <algorithm>
#include <cstring>

#include "colonnade/error.hpp"
#include "kernels/index/bounds.hpp"
#include "kernels/index/element_rules.hpp"
#include "kernels/integers.hpp"
#include "kernels/order.hpp"
#include "kernels/reference_ops.hpp"
#include "kernels/strides.hpp"
#include "kernels/type_rules.hpp"

namespace colonnade::reference {
namespace {

template <typename W>
W reduce(op::Reduction reduction, W old, W update) {
  constexpr bool integral = std::is_integral_v<W>;
  switch (reduction) {
    case op::Reduction::none: return update;
    case op::Reduction::add:
      if constexpr (integral) return wrapping_add(old, update);
      return old + update;
    case op::Reduction::mul:
      if constexpr (integral) return wrapping_mul(old, update);
      return old * update;
    case op::Reduction::min: return is_below(update, old) ? update : old;
    case op::Reduction::max: return is_above(update, old) ? update : old;
  }
  return update;
}

template <typename T>
void reduce_into(op::Reduction reduction, T& element, T update) {
  element = static_cast<T>(
      reduce(reduction, static_cast<Wide<T>>(element), static_cast<Wide<T>>(update)));
}

void copy_all(const ConstTensorView& from, const TensorView& to) {
  const auto bytes = static_cast<std::size_t>(from.shape.elements()) * size_of(from.dtype);
  if (bytes > 0) std::memcpy(to.data, from.data, bytes);
}

// Updates have the shape that the indices ask for.
void require_updates(const TypeInfo& updates, const Shape& expected) {
  if (!updates.shape) return;
  const Shape& found = *updates.shape;
  const bool fits =
      found.rank() == expected.rank() &&
      std::equal(found.begin(), found.end(), expected.begin(),
                 [](std::int64_t a, std::int64_t b) { return a == b || a < 0 || b < 0; });
  if (!fits) {
    throw Error(ErrorCode::mismatch, fmt::format("expected updates of shape {}, found {}",
                                                 expected.to_string(), found.to_string()));
  }
}

}  // namespace

Types infer(const op::ScatterElements& op, InferInputs in, std::size_t) {
  require_inputs(in, 3, 3);
  require_indices(in[1]);
  require_same_type(in, 0, 2);
  if (in[1].shape) {
    if (in[0].shape) require_elements_fit(op.axis, *in[0].shape, *in[1].shape);
    require_updates(in[2], *in[1].shape);
  }
  return {type_of(in[0].dtype, in[0].shape)};
}

void compute(const op::ScatterElements& op, In in, Out out) {
  copy_all(in[0], out[0]);
  const Shape& x = in[0].shape;
  const std::vector<std::int64_t> indices = to_int64(in[1]);
  if (indices.empty()) return;
  const std::size_t axis = normalize_axis(op.axis, x.rank());
  Strides strides = row_major_strides(x);
  const std::int64_t step = strides[axis];
  strides[axis] = 0;  // The index takes its place.
  dispatch(in[0].dtype, [&]<typename T>(TypeTag<T>) {
    std::size_t i = 0;
    for (Odometer<1> at(in[1].shape, {strides}); !at.done(); at.next(), ++i) {
      const std::int64_t to = at.offset() + step * checked_index(indices[i], x[axis], axis);
      reduce_into(op.reduction, out[0].as<T>()[to], in[2].as<T>()[i]);
    }
  });
}

Types infer(const op::ScatterND&, InferInputs in, std::size_t) {
  require_inputs(in, 3, 3);
  require_indices(in[1]);
  require_same_type(in, 0, 2);
  if (in[0].shape && in[1].shape) {
    const Shape& x = *in[0].shape;
    const Shape& indices = *in[1].shape;
    if (indices.rank() == 0) {
      throw Error(ErrorCode::mismatch, "expected indices of at least one dimension, found []");
    }
    const std::int64_t depth = indices[indices.rank() - 1];
    if (depth != kUnknownDim) {
      require_depth(depth, x.rank(), indices);
      Shape expected(std::span(indices.begin(), indices.rank() - 1));
      for (auto i = static_cast<std::size_t>(depth); i < x.rank(); ++i) expected.push_back(x[i]);
      require_updates(in[2], expected);
    }
  }
  return {type_of(in[0].dtype, in[0].shape)};
}

void compute(const op::ScatterND& op, In in, Out out) {
  copy_all(in[0], out[0]);
  const Shape& x = in[0].shape;
  const Shape& shape = in[1].shape;
  const auto depth = static_cast<std::size_t>(shape[shape.rank() - 1]);
  const std::vector<std::int64_t> indices = to_int64(in[1]);
  const std::int64_t tuples = shape.elements(0, shape.rank() - 1);
  const std::int64_t size = x.elements(depth, x.rank());
  dispatch(in[0].dtype, [&]<typename T>(TypeTag<T>) {
    const T* update = in[2].as<T>();
    for (std::int64_t t = 0; t < tuples; ++t) {
      std::int64_t block = 0;
      for (std::size_t k = 0; k < depth; ++k) {
        const std::int64_t index = indices[static_cast<std::size_t>(t) * depth + k];
        block = block * x[k] + checked_index(index, x[k], k);
      }
      T* element = out[0].as<T>() + block * size;
      for (std::int64_t i = 0; i < size; ++i) reduce_into(op.reduction, element[i], *update++);
    }
  });
}

}  // namespace colonnade::reference
