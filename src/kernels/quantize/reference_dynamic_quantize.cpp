#include <algorithm>

#include "colonnade/error.hpp"
#include "kernels/quantize/rounding.hpp"
#include "kernels/reference_ops.hpp"
#include "kernels/type_rules.hpp"

namespace colonnade::reference {

Types infer(const op::DynamicQuantizeLinear&, InferInputs in, std::size_t) {
  require_inputs(in, 1, 1);
  if (in[0].dtype != DType::f32) {
    throw Error(ErrorCode::mismatch,
                "expected float32, found " + std::string(name_of(in[0].dtype)));
  }
  return {type_of(DType::u8, in[0].shape), type_of(DType::f32, Shape{}),
          type_of(DType::u8, Shape{})};
}

void compute(const op::DynamicQuantizeLinear&, In in, Out out) {
  const std::span<const float> x(in[0].as<float>(),
                                 static_cast<std::size_t>(in[0].shape.elements()));
  float low = 0, high = 0;  // The range always holds 0, so that padding stays exact.
  for (const float value : x) {
    low = std::min(low, value);
    high = std::max(high, value);
  }
  const float scale = high == low ? 1.0f : (high - low) / 255.0f;
  const auto zero_point = quantized<std::uint8_t>((0 - low) / scale, 0);
  if (out[0].data != nullptr) {
    for (std::size_t i = 0; i < x.size(); ++i) {
      out[0].as<std::uint8_t>()[i] = quantized<std::uint8_t>(x[i] / scale, zero_point);
    }
  }
  if (out.size() > 1 && out[1].data != nullptr) *out[1].as<float>() = scale;
  if (out.size() > 2 && out[2].data != nullptr) *out[2].as<std::uint8_t>() = zero_point;
}

}  // namespace colonnade::reference
