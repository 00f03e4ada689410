// Element types of tensors and how to reach them from generic code.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>
#include <utility>

#include "colonnade/error.hpp"

namespace colonnade {

enum class DType : std::uint8_t {
  f32,
  f64,
  f16,
  bf16,
  i8,
  u8,
  i16,
  u16,
  i32,
  u32,
  i64,
  u64,
  boolean
};

/// Sixteen bits of a binary float of `mantissa` stored bits as a double, exactly. Inline and
/// without a call, as all the weights of an engine file go through it: the fields are put where a
/// double has its own, and a product moves the exponent's bias.
template <int mantissa>
double widen(std::uint16_t bits) noexcept {
  constexpr std::uint64_t infinity = 0x7fff >> mantissa << mantissa;
  constexpr int exponent = 15 - mantissa, bias = (1 << (exponent - 1)) - 1;
  constexpr auto scale = std::bit_cast<double>(static_cast<std::uint64_t>(2 * 1023 - bias) << 52);
  const std::uint64_t magnitude = bits & 0x7fffU, sign = (bits & 0x8000ULL) << 48;
  const double value = std::bit_cast<double>(magnitude << (52 - mantissa)) * scale;
  const std::uint64_t special = 0x7ffULL << 52 | (magnitude - infinity) << (52 - mantissa);
  return std::bit_cast<double>(
      (magnitude >= infinity ? special : std::bit_cast<std::uint64_t>(value)) | sign);
}

/// IEEE 754 binary16 and bfloat16 as storage; arithmetic goes through float.
struct Float16 {
  std::uint16_t bits = 0;
  Float16() = default;
  explicit Float16(double value) noexcept;  ///< Rounds once, to nearest even.
  explicit operator double() const noexcept { return widen<10>(bits); }
};
struct BFloat16 {
  std::uint16_t bits = 0;
  BFloat16() = default;
  explicit BFloat16(double value) noexcept;
  explicit operator double() const noexcept { return widen<7>(bits); }
};

std::size_t size_of(DType type) noexcept;
std::string_view name_of(DType type) noexcept;  ///< "float32", "int64", "bool": NumPy's names.

constexpr bool is_floating(DType type) noexcept {
  return type <= DType::bf16;
}

template <typename T>
struct DTypeOf;
template <>
struct DTypeOf<float> {
  static constexpr DType value = DType::f32;
};
template <>
struct DTypeOf<double> {
  static constexpr DType value = DType::f64;
};
template <>
struct DTypeOf<Float16> {
  static constexpr DType value = DType::f16;
};
template <>
struct DTypeOf<BFloat16> {
  static constexpr DType value = DType::bf16;
};
template <>
struct DTypeOf<std::int8_t> {
  static constexpr DType value = DType::i8;
};
template <>
struct DTypeOf<std::uint8_t> {
  static constexpr DType value = DType::u8;
};
template <>
struct DTypeOf<std::int16_t> {
  static constexpr DType value = DType::i16;
};
template <>
struct DTypeOf<std::uint16_t> {
  static constexpr DType value = DType::u16;
};
template <>
struct DTypeOf<std::int32_t> {
  static constexpr DType value = DType::i32;
};
template <>
struct DTypeOf<std::uint32_t> {
  static constexpr DType value = DType::u32;
};
template <>
struct DTypeOf<std::int64_t> {
  static constexpr DType value = DType::i64;
};
template <>
struct DTypeOf<std::uint64_t> {
  static constexpr DType value = DType::u64;
};
template <>
struct DTypeOf<bool> {
  static constexpr DType value = DType::boolean;
};

template <typename T>
struct TypeTag {
  using type = T;
};

/// Calls f(TypeTag<T>{}) with the C++ type of `type`: `dispatch(t, [&]<typename T>(TypeTag<T>)
/// {...})`.
template <typename F>
decltype(auto) dispatch(DType type, F&& f) {
  switch (type) {
    case DType::f32: return f(TypeTag<float>{});
    case DType::f64: return f(TypeTag<double>{});
    case DType::f16: return f(TypeTag<Float16>{});
    case DType::bf16: return f(TypeTag<BFloat16>{});
    case DType::i8: return f(TypeTag<std::int8_t>{});
    case DType::u8: return f(TypeTag<std::uint8_t>{});
    case DType::i16: return f(TypeTag<std::int16_t>{});
    case DType::u16: return f(TypeTag<std::uint16_t>{});
    case DType::i32: return f(TypeTag<std::int32_t>{});
    case DType::u32: return f(TypeTag<std::uint32_t>{});
    case DType::i64: return f(TypeTag<std::int64_t>{});
    case DType::u64: return f(TypeTag<std::uint64_t>{});
    case DType::boolean: return f(TypeTag<bool>{});
  }
  throw Error(ErrorCode::internal, "unknown element type");
}

/// The type in which reference kernels compute on T: double for every floating type (one rounding,
/// at the store), 64-bit integers for the rest.
template <typename T>
using Wide = std::conditional_t<
    std::is_same_v<T, float> || std::is_same_v<T, double> || std::is_same_v<T, Float16> ||
        std::is_same_v<T, BFloat16>,
    double, std::conditional_t<std::is_same_v<T, std::uint64_t>, std::uint64_t, std::int64_t>>;

}  // namespace colonnade
