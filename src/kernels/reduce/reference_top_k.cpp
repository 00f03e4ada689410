#include <fmt/core.h>

#include <algorithm>
#include <numeric>

#include "colonnade/error.hpp"
#include "kernels/order.hpp"
#include "kernels/reduce/axis_view.hpp"
#include "kernels/reference_ops.hpp"
#include "kernels/type_rules.hpp"

namespace colonnade::reference {

Types infer(const op::TopK& op, InferInputs in, std::size_t) {
  require_inputs(in, 2, 2);
  std::optional<Shape> shape = in[0].shape;
  if (shape) {
    const std::size_t axis = normalize_axis(op.axis, shape->rank());
    std::int64_t k = kUnknownDim;
    if (const auto value = known_integers(in[1])) {
      if (value->size() != 1) {
        throw Error(ErrorCode::mismatch, fmt::format("expected one k, found {}", value->size()));
      }
      k = value->front();
      if (k < 0 || ((*shape)[axis] >= 0 && k > (*shape)[axis])) {
        throw Error(ErrorCode::mismatch,
                    fmt::format("k is {}, expected 0 to the {} elements of axis {} of {}", k,
                                (*shape)[axis], axis, shape->to_string()));
      }
    }
    (*shape)[axis] = k;
  }
  return {type_of(in[0].dtype, shape), type_of(DType::i64, shape)};
}

// `sorted` 0 allows any order; the sorted one is among them, and the same on every backend.
void compute(const op::TopK& op, In in, Out out) {
  const std::size_t axis = normalize_axis(op.axis, in[0].shape.rank());
  const AxisView from(in[0].shape, axis);
  const std::int64_t k = to_int64(in[1]).front();
  dispatch(in[0].dtype, [&]<typename T>(TypeTag<T>) {
    const T* x = in[0].as<T>();
    T* values = out[0].as<T>();
    auto* indices = out.size() > 1 ? out[1].as<std::int64_t>() : nullptr;
    std::vector<std::int64_t> order(static_cast<std::size_t>(from.length));
    from.for_each_line([&](std::int64_t o, std::int64_t n) {
      const auto at = [&](std::int64_t i) { return static_cast<Wide<T>>(x[from.offset(o, i, n)]); };
      std::iota(order.begin(), order.end(), 0);
      std::partial_sort(order.begin(), order.begin() + k, order.end(),
                        [&](std::int64_t a, std::int64_t b) {
                          const bool above = is_above(at(a), at(b)), below = is_above(at(b), at(a));
                          if (above || below) return op.largest ? above : below;
                          return a < b;
                        });
      for (std::int64_t i = 0; i < k; ++i) {
        const std::int64_t source = order[static_cast<std::size_t>(i)];
        const std::int64_t to = (o * k + i) * from.inner + n;
        if (values != nullptr) values[to] = x[from.offset(o, source, n)];
        if (indices != nullptr) indices[to] = source;
      }
    });
  });
}

}  // namespace colonnade::reference
