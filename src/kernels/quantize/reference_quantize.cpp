#include "kernels/elementwise/rules.hpp"
#include "kernels/quantize/granularity.hpp"
#include "kernels/quantize/rounding.hpp"
#include "kernels/reference_ops.hpp"
#include "kernels/type_rules.hpp"
#include "kernels/widen.hpp"

namespace colonnade::reference {
namespace {

std::vector<std::int64_t> zero_points(In in, std::size_t count) {
  return is_given(in, 2) ? to_int64(in[2]) : std::vector<std::int64_t>(count);
}

}  // namespace

Types infer(const op::QuantizeLinear& op, InferInputs in, std::size_t) {
  require_quantization(in, op.axis, op.block_size);
  require_number(in[0]);
  DType type = is_floating(op.output) ? DType::u8 : op.output;
  if (is_given(in, 2)) type = in[2].dtype;
  dispatch_quantized(type, [](auto) {});
  return {type_of(type, in[0].shape)};
}

void compute(const op::QuantizeLinear& op, In in, Out out) {
  const Granularity granularity(in[0].shape, in[1].shape, op.axis, op.block_size);
  const std::vector<double> x = to_doubles(in[0]), scale = to_doubles(in[1]);
  const std::vector<std::int64_t> zero = zero_points(in, scale.size());
  dispatch_quantized(out[0].dtype, [&]<typename T>(TypeTag<T>) {
    granularity.for_each([&](std::int64_t i, std::int64_t s) {
      // ONNX divides in float: the quotient's own rounding decides which ones are ties.
      const float scaled = static_cast<float>(x[static_cast<std::size_t>(i)]) /
                           static_cast<float>(scale[static_cast<std::size_t>(s)]);
      out[0].as<T>()[i] = quantized<T>(scaled, zero[static_cast<std::size_t>(s)]);
    });
  });
}

Types infer(const op::DequantizeLinear& op, InferInputs in, std::size_t) {
  require_quantization(in, op.axis, op.block_size);
  dispatch_quantized(in[0].dtype, [](auto) {});
  if (is_given(in, 2)) require_same_type(in, 0, 2);
  // float32 is what an exporter that says nothing means: then the scale's type decides.
  const DType type = is_floating(op.output) && op.output != DType::f32 ? op.output : in[1].dtype;
  return {type_of(type, in[0].shape)};
}

void compute(const op::DequantizeLinear& op, In in, Out out) {
  const Granularity granularity(in[0].shape, in[1].shape, op.axis, op.block_size);
  const std::vector<std::int64_t> x = to_int64(in[0]);
  const std::vector<double> scale = to_doubles(in[1]);
  const std::vector<std::int64_t> zero = zero_points(in, scale.size());
  std::vector<double> y(x.size());
  granularity.for_each([&](std::int64_t i, std::int64_t s) {
    const std::int64_t steps = x[static_cast<std::size_t>(i)] - zero[static_cast<std::size_t>(s)];
    y[static_cast<std::size_t>(i)] =
        static_cast<double>(steps) * scale[static_cast<std::size_t>(s)];
  });
  store_doubles(y, out[0]);
}

}  // namespace colonnade::reference
