#include <algorithm>

#include "colonnade/error.hpp"
#include "kernels/elementwise/rules.hpp"
#include "kernels/order.hpp"
#include "kernels/reference_ops.hpp"
#include "kernels/type_rules.hpp"
#include "kernels/widen.hpp"

namespace colonnade::reference {

Types infer(const op::GlobalPool&, InferInputs in, std::size_t) {
  require_inputs(in, 1, 1);
  require_floating(in[0]);
  if (!in[0].shape) return {type_of(in[0].dtype, std::nullopt)};
  Shape shape = *in[0].shape;
  if (shape.rank() < 2) {
    throw Error(ErrorCode::mismatch, "expected an input [N,C,...], found " + shape.to_string());
  }
  std::fill(shape.begin() + 2, shape.end(), 1);
  return {type_of(in[0].dtype, shape)};
}

void compute(const op::GlobalPool& op, In in, Out out) {
  const std::vector<double> x = to_doubles(in[0]);
  const std::int64_t planes = in[0].shape.elements(0, 2);
  const std::int64_t size = in[0].shape.elements(2, in[0].shape.rank());
  std::vector<double> y;
  for (std::int64_t p = 0; p < planes; ++p) {
    double sum = 0, best = least<double>();
    for (std::int64_t i = p * size; i < (p + 1) * size; ++i) {
      const double value = x[static_cast<std::size_t>(i)];
      sum += value;
      if (is_above(value, best)) best = value;
    }
    y.push_back(op.max ? best : sum / static_cast<double>(size));
  }
  store_doubles(y, out[0]);
}

}  // namespace colonnade::reference
