// Points of one sweep, read in place: base pointer, count, stride, named fields.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "colonnade/export.hpp"

namespace colonnade {

/// Scalar types as PointCloud2, PCD and PLY know them; little-endian in memory.
enum class FieldType : std::uint8_t { i8, u8, i16, u16, i32, u32, f32, f64 };

/// Bytes of one scalar.
COLONNADE_EXPORT std::size_t size_of(FieldType type) noexcept;

/// One named scalar of every point, `offset` bytes after the point's first byte.
/// Names that the detector looks for: x, y, z (metres, sensor frame; required), intensity (or i),
/// dt (seconds before the newest sweep, >= 0), ring.
struct PointField {
  std::string name;
  std::size_t offset = 0;
  FieldType type = FieldType::f32;
};

/// A borrowed cloud: `count` points, `stride` bytes apart. Nothing is copied; fields may be
/// unaligned. It must outlive the call it's passed to.
struct CloudView {
  const std::byte* data = nullptr;
  std::size_t count = 0;
  std::size_t stride = 0;
  const PointField* fields = nullptr;
  std::size_t field_count = 0;

  /// The field of that name, or null.
  COLONNADE_EXPORT const PointField* find(const char* name) const noexcept;
};

/// An owned cloud as the readers return it.
struct Cloud {
  std::vector<std::byte> data;
  std::size_t count = 0;
  std::size_t stride = 0;
  std::vector<PointField> fields;

  /// Valid until the cloud changes, moves or goes.
  CloudView view() const noexcept {
    return {data.data(), count, stride, fields.data(), fields.size()};
  }
};

/// A view of `count` points of interleaved float32 x, y, z, intensity (KITTI's layout), valid as
/// long as `points` is.
COLONNADE_EXPORT CloudView view_xyzi(const float* points, std::size_t count) noexcept;

}  // namespace colonnade
