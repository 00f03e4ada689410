// One scalar of a point, wherever it lies and whatever its type.
#pragma once

#include <cstddef>
#include <cstring>
#include <string_view>

#include "base/dtype.hpp"
#include "colonnade/cloud.hpp"

namespace colonnade {

/// Calls f(TypeTag<T>{}) with the C++ type of `type`.
template <typename F>
decltype(auto) dispatch(FieldType type, F&& f) {
  switch (type) {
    case FieldType::i8: return f(TypeTag<std::int8_t>{});
    case FieldType::u8: return f(TypeTag<std::uint8_t>{});
    case FieldType::i16: return f(TypeTag<std::int16_t>{});
    case FieldType::u16: return f(TypeTag<std::uint16_t>{});
    case FieldType::i32: return f(TypeTag<std::int32_t>{});
    case FieldType::u32: return f(TypeTag<std::uint32_t>{});
    case FieldType::f32: return f(TypeTag<float>{});
    case FieldType::f64: return f(TypeTag<double>{});
  }
  throw Error(ErrorCode::internal, "unknown field type");
}

/// "float32", "uint8", ...: NumPy's names.
inline std::string_view name_of(FieldType type) {
  return dispatch(type, []<typename T>(TypeTag<T>) { return name_of(DTypeOf<T>::value); });
}

/// A float32 passes bit for bit, wider types are rounded.
inline float load_float(const std::byte* at, FieldType type) {
  return dispatch(type, [at]<typename T>(TypeTag<T>) {
    T value;
    std::memcpy(&value, at, sizeof value);
    return static_cast<float>(value);
  });
}

/// Of point i; 0 where the cloud has no such field.
inline float load_float(const CloudView& cloud, std::size_t i, const PointField* field) {
  if (field == nullptr) return 0;
  return load_float(cloud.data + i * cloud.stride + field->offset, field->type);
}

}  // namespace colonnade
