#include "colonnade/error.hpp"
#include "kernels/order.hpp"
#include "kernels/reduce/axis_view.hpp"
#include "kernels/reference_ops.hpp"
#include "kernels/type_rules.hpp"

namespace colonnade::reference {

Types infer(const op::ArgReduce& op, InferInputs in, std::size_t) {
  require_inputs(in, 1, 1);
  if (!in[0].shape) return {type_of(DType::i64, std::nullopt)};
  const Shape& x = *in[0].shape;
  const std::size_t axis = normalize_axis(op.axis, x.rank());
  if (x[axis] == 0) {
    throw Error(ErrorCode::mismatch,
                "an input of shape " + x.to_string() + " has no element to point at");
  }
  Shape shape;
  for (std::size_t i = 0; i < x.rank(); ++i) {
    if (i != axis) {
      shape.push_back(x[i]);
    } else if (op.keep_dims) {
      shape.push_back(1);
    }
  }
  return {type_of(DType::i64, shape)};
}

void compute(const op::ArgReduce& op, In in, Out out) {
  const AxisView view(in[0].shape, normalize_axis(op.axis, in[0].shape.rank()));
  dispatch(in[0].dtype, [&]<typename T>(TypeTag<T>) {
    const T* x = in[0].as<T>();
    auto* y = out[0].as<std::int64_t>();
    view.for_each_line([&](std::int64_t o, std::int64_t n) {
      const auto at = [&](std::int64_t i) { return static_cast<Wide<T>>(x[view.offset(o, i, n)]); };
      std::int64_t best = 0;
      for (std::int64_t i = 1; i < view.length; ++i) {
        const bool better = op.max ? is_above(at(i), at(best)) : is_below(at(i), at(best));
        const bool worse = op.max ? is_above(at(best), at(i)) : is_below(at(best), at(i));
        if (better || (op.select_last && !worse)) best = i;
      }
      *y++ = best;
    });
  });
}

}  // namespace colonnade::reference
