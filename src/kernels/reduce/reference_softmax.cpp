#include <algorithm>
#include <cmath>

#include "kernels/elementwise/rules.hpp"
#include "kernels/order.hpp"
#include "kernels/reduce/axis_view.hpp"
#include "kernels/reference_ops.hpp"
#include "kernels/type_rules.hpp"
#include "kernels/widen.hpp"

namespace colonnade::reference {
namespace {

// Before opset 13 softmax ran over all dims from the axis on.
AxisView view_of(const op::Softmax& op, const Shape& shape) {
  const std::size_t axis = normalize_axis(op.axis, shape.rank());
  if (!op.flatten) return AxisView(shape, axis);
  return AxisView(Shape{shape.elements(0, axis), shape.elements(axis, shape.rank())}, 1);
}

}  // namespace

Types infer(const op::Softmax& op, InferInputs in, std::size_t) {
  require_inputs(in, 1, 1);
  require_floating(in[0]);
  if (in[0].shape) normalize_axis(op.axis, in[0].shape->rank());
  return {type_of(in[0].dtype, in[0].shape)};
}

void compute(const op::Softmax& op, In in, Out out) {
  const AxisView view = view_of(op, in[0].shape);
  std::vector<double> x = to_doubles(in[0]);
  view.for_each_line([&](std::int64_t o, std::int64_t n) {
    const auto at = [&](std::int64_t i) -> double& {
      return x[static_cast<std::size_t>(view.offset(o, i, n))];
    };
    double top = least<double>();
    for (std::int64_t i = 0; i < view.length; ++i) top = std::max(top, at(i));
    double sum = 0;
    for (std::int64_t i = 0; i < view.length; ++i) sum += std::exp(at(i) - top);
    for (std::int64_t i = 0; i < view.length; ++i) {
      at(i) = op.log ? at(i) - top - std::log(sum) : std::exp(at(i) - top) / sum;
    }
  });
  store_doubles(x, out[0]);
}

}  // namespace colonnade::reference
