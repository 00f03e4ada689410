#include "kernels/elementwise/loop_nest.hpp"

#include <algorithm>
#include <numeric>

namespace colonnade::cpu {

LoopNest LoopNest::share(std::int64_t part, std::int64_t parts) const {
  LoopNest result = *this;
  const std::size_t axis =
      static_cast<std::size_t>(std::max_element(dims.begin(), dims.end()) - dims.begin());
  const std::int64_t first = dims[axis] * part / parts, end = dims[axis] * (part + 1) / parts;
  result.dims[axis] = end - first;
  for (std::size_t o = 0; o < kOperands; ++o) result.offsets[o] += first * strides[o][axis];
  return result;
}

LoopNest make_loop_nest(const Shape& dims, std::span<const Strides> strides) {
  std::array<std::size_t, kMaxRank> order{};
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(dims.rank()),
                   [&](std::size_t a, std::size_t b) { return strides[0][a] > strides[0][b]; });
  LoopNest nest;
  if (std::find(dims.begin(), dims.end(), 0) != dims.end()) {
    nest.dims.push_back(0);  // The other dims' product may be beyond 64 bits.
    for (std::size_t o = 0; o < strides.size(); ++o) nest.strides[o][0] = 1;
    return nest;
  }
  for (std::size_t i = 0; i < dims.rank(); ++i) {
    const std::size_t axis = order[i];
    if (dims[axis] == 1) continue;
    const std::size_t rank = nest.dims.rank();
    const auto runs_through = [&](std::size_t o) {
      return nest.strides[o][rank - 1] == dims[axis] * strides[o][axis];
    };
    bool merge = rank > 0;
    for (std::size_t o = 0; merge && o < strides.size(); ++o) merge = runs_through(o);
    if (merge) {
      nest.dims[rank - 1] *= dims[axis];
    } else {
      nest.dims.push_back(dims[axis]);
    }
    for (std::size_t o = 0; o < strides.size(); ++o) {
      nest.strides[o][nest.dims.rank() - 1] = strides[o][axis];
    }
  }
  if (nest.dims.rank() == 0) {  // One element: still a row.
    nest.dims.push_back(1);
    for (std::size_t o = 0; o < strides.size(); ++o) nest.strides[o][0] = 1;
  }
  return nest;
}

}  // namespace colonnade::cpu
