#include <fmt/core.h>

#include "colonnade/error.hpp"
#include "kernels/conv/direct.hpp"
#include "kernels/elementwise/rules.hpp"
#include "kernels/quantize/rounding.hpp"
#include "kernels/reference_ops.hpp"
#include "kernels/type_rules.hpp"
#include "kernels/widen.hpp"

namespace colonnade::reference {
namespace {

enum Input : std::size_t {
  kX,
  kXScale,
  kXZero,
  kW,
  kWScale,
  kWZero,
  kYScale,
  kYZero,
  kBias,
};

// One value, or with `channels` one a channel.
void require_values(const TypeInfo& input, const char* name, std::int64_t channels = 1) {
  if (!input.shape || !input.shape->is_static() || channels < 0) return;
  const std::int64_t count = input.shape->elements();
  if (count != 1 && (count != channels || input.shape->rank() != 1)) {
    throw Error(ErrorCode::mismatch, fmt::format("expected {} of 1 or {} elements, found {}", name,
                                                 channels, input.shape->to_string()));
  }
}

// Elements minus their zero points: whole numbers, of which double holds sums exactly.
std::vector<double> centred(const ConstTensorView& x, const ConstTensorView& zero_point) {
  std::vector<double> values = to_doubles(x);
  const std::vector<double> zero = to_doubles(zero_point);
  if (zero.empty()) return values;
  const std::size_t run = values.size() / zero.size();
  for (std::size_t i = 0; i < values.size(); ++i) values[i] -= zero[i / run];
  return values;
}

}  // namespace

Types infer(const op::QLinearConv& op, InferInputs in, std::size_t) {
  require_inputs(in, 8, 9);
  for (const Input scale : {kXScale, kWScale, kYScale}) require_floating(in[scale]);
  require_same_type(in, kX, kXZero);
  require_same_type(in, kW, kWZero);
  const DType type = in[kYZero].dtype;
  for (const DType quantized_type : {in[kX].dtype, in[kW].dtype, type}) {
    dispatch_quantized(quantized_type, [](auto) {});
  }
  if (!in[kX].shape || !in[kW].shape) return {type_of(type, std::nullopt)};
  const ConvProblem problem = conv_problem(op.window, op.group, *in[kX].shape, *in[kW].shape);
  require_values(in[kXScale], "a scale of x");
  require_values(in[kXZero], "a zero point of x");
  require_values(in[kYScale], "a scale of y");
  require_values(in[kYZero], "a zero point of y");
  require_values(in[kWScale], "a scale of w", problem.out_channels);
  require_values(in[kWZero], "a zero point of w", problem.out_channels);
  if (is_given(in, kBias) && in[kBias].shape && problem.out_channels >= 0 &&
      *in[kBias].shape != Shape{problem.out_channels}) {
    throw Error(ErrorCode::mismatch,
                fmt::format("expected a bias of shape [{}], found {}", problem.out_channels,
                            in[kBias].shape->to_string()));
  }
  return {type_of(type, problem.output_shape())};
}

void compute(const op::QLinearConv& op, In in, Out out) {
  const ConvProblem problem = conv_problem(op.window, op.group, in[kX].shape, in[kW].shape);
  const double x_scale = to_doubles(in[kXScale])[0], y_scale = to_doubles(in[kYScale])[0];
  const std::vector<double> w_scale = to_doubles(in[kWScale]);
  const std::int64_t zero = to_int64(in[kYZero])[0];
  // The bias is quantized by x_scale * w_scale: it adds to the sums as it is.
  const std::vector<double> bias =
      is_given(in, kBias) ? to_doubles(in[kBias]) : std::vector<double>{};
  dispatch_quantized(out[0].dtype, [&]<typename T>(TypeTag<T>) {
    convolve(problem, centred(in[kX], in[kXZero]), centred(in[kW], in[kWZero]), bias,
             [&](std::int64_t first, std::int64_t channel, std::span<const double> row) {
               const double scale = w_scale[w_scale.size() == 1 ? 0 : channel] * x_scale / y_scale;
               T* y = out[0].as<T>() + first;
               for (std::size_t i = 0; i < row.size(); ++i)
                 y[i] = quantized<T>(row[i] * scale, zero);
             });
  });
}

}  // namespace colonnade::reference
