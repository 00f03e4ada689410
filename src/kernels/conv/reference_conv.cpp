#include "kernels/conv/bias.hpp"
#include "kernels/conv/direct.hpp"
#include "kernels/elementwise/rules.hpp"
#include "kernels/reference_ops.hpp"
#include "kernels/type_rules.hpp"
#include "kernels/widen.hpp"

namespace colonnade::reference {

Types infer(const op::Conv& op, InferInputs in, std::size_t) {
  require_inputs(in, 2, 3);
  require_same_type(in, 0, 1);
  require_floating(in[0]);
  if (!in[0].shape || !in[1].shape) return {type_of(in[0].dtype, std::nullopt)};
  const ConvProblem problem = conv_problem(op.window, op.group, *in[0].shape, *in[1].shape);
  require_bias(in, problem.out_channels);
  return {type_of(in[0].dtype, problem.output_shape())};
}

void compute(const op::Conv& op, In in, Out out) {
  const ConvProblem problem = conv_problem(op.window, op.group, in[0].shape, in[1].shape);
  convolve(problem, to_doubles(in[0]), to_doubles(in[1]), bias_of(in),
           [&](std::int64_t first, std::int64_t, std::span<const double> row) {
             store_doubles(row, out[0], first);
           });
}

}  // namespace colonnade::reference
