// The one rounding rule of quantization: to nearest, ties to even, then saturated.
#pragma once

#include <cmath>

#include "base/tensor.hpp"
#include "colonnade/error.hpp"
#include "kernels/integers.hpp"

namespace colonnade::reference {

/// round(scaled) + zero point in the range of T.
template <typename T>
T quantized(double scaled, std::int64_t zero_point) {
  return saturate_to<T>(std::nearbyint(scaled) + static_cast<double>(zero_point));
}

/// Calls f(TypeTag<T>{}) with the integer type that tensors are quantized to.
template <typename F>
void dispatch_quantized(DType type, F&& f) {
  switch (type) {
    case DType::i8: return f(TypeTag<std::int8_t>{});
    case DType::u8: return f(TypeTag<std::uint8_t>{});
    case DType::i16: return f(TypeTag<std::int16_t>{});
    case DType::u16: return f(TypeTag<std::uint16_t>{});
    case DType::i32: return f(TypeTag<std::int32_t>{});
    default: break;
  }
  throw Error(ErrorCode::unsupported, "tensors can't be quantized to " +
                                          std::string(name_of(type)) +
                                          "; int8, uint8, int16, uint16 and int32 are supported");
}

}  // namespace colonnade::reference
