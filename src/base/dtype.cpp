#include "base/dtype.hpp"

#include <bit>
#include <cmath>

namespace colonnade {
namespace {

// Rounds a double to a binary float of `mantissa` stored bits and `exponent` exponent bits, to
// nearest even, subnormals included. Going through float first would round twice.
std::uint16_t narrow(double value, int mantissa, int exponent) noexcept {
  const auto bits = std::bit_cast<std::uint64_t>(value);
  const auto sign = static_cast<std::uint16_t>((bits >> 63) << 15);
  const auto infinity = static_cast<std::uint16_t>(((1u << exponent) - 1) << mantissa);
  if (std::isnan(value))
    return static_cast<std::uint16_t>(sign | infinity | (1u << (mantissa - 1)));
  const double magnitude = std::fabs(value);
  if (magnitude == 0) return sign;
  if (std::isinf(value)) return static_cast<std::uint16_t>(sign | infinity);
  const int bias = (1 << (exponent - 1)) - 1;
  int e = 0;
  std::frexp(magnitude, &e);  // magnitude = f * 2^e, f in [0.5, 1)
  const int unit = (e - 1 < 1 - bias ? 1 - bias : e - 1) - mantissa;  // Weight of the last bit.
  const double scaled = std::nearbyint(std::ldexp(magnitude, -unit));
  const auto steps = static_cast<std::uint64_t>(scaled);
  // Subnormals have the exponent field 0; a normal's leading bit carries into the field by itself.
  const std::uint64_t field =
      unit == 1 - bias - mantissa ? 0 : static_cast<std::uint64_t>(unit + mantissa + bias - 1);
  const std::uint64_t result = (field << mantissa) + steps;
  return static_cast<std::uint16_t>(sign | (result >= infinity ? infinity : result));
}

}  // namespace

Float16::Float16(double value) noexcept : bits(narrow(value, 10, 5)) {}
BFloat16::BFloat16(double value) noexcept : bits(narrow(value, 7, 8)) {}

std::size_t size_of(DType type) noexcept {
  switch (type) {
    case DType::i8:
    case DType::u8:
    case DType::boolean: return 1;
    case DType::f16:
    case DType::bf16:
    case DType::i16:
    case DType::u16: return 2;
    case DType::f32:
    case DType::i32:
    case DType::u32: return 4;
    case DType::f64:
    case DType::i64:
    case DType::u64: return 8;
  }
  return 0;
}

std::string_view name_of(DType type) noexcept {
  switch (type) {
    case DType::f32: return "float32";
    case DType::f64: return "float64";
    case DType::f16: return "float16";
    case DType::bf16: return "bfloat16";
    case DType::i8: return "int8";
    case DType::u8: return "uint8";
    case DType::i16: return "int16";
    case DType::u16: return "uint16";
    case DType::i32: return "int32";
    case DType::u32: return "uint32";
    case DType::i64: return "int64";
    case DType::u64: return "uint64";
    case DType::boolean: return "bool";
  }
  return "?";
}

}  // namespace colonnade
