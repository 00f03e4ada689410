#include "colonnade/cloud.hpp"

#include <array>

namespace colonnade {

std::size_t size_of(FieldType type) noexcept {
  switch (type) {
    case FieldType::i8:
    case FieldType::u8: return 1;
    case FieldType::i16:
    case FieldType::u16: return 2;
    case FieldType::i32:
    case FieldType::u32:
    case FieldType::f32: return 4;
    case FieldType::f64: return 8;
  }
  return 0;
}

const PointField* CloudView::find(const char* name) const noexcept {
  for (std::size_t i = 0; i < field_count; ++i) {
    if (fields[i].name == name) return &fields[i];
  }
  return nullptr;
}

CloudView view_xyzi(const float* points, std::size_t count) noexcept {
  static const std::array<PointField, 4> kFields = {
      PointField{"x", 0, FieldType::f32}, PointField{"y", 4, FieldType::f32},
      PointField{"z", 8, FieldType::f32}, PointField{"intensity", 12, FieldType::f32}};
  return {reinterpret_cast<const std::byte*>(points), count, 4 * sizeof(float), kFields.data(),
          kFields.size()};
}

}  // namespace colonnade
