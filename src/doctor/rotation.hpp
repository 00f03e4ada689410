// 3x3 rotations as sensor.yaml holds them: row-major, model = rotation * sensor.
#pragma once

#include <array>
#include <cstddef>

namespace colonnade {

using Vec3 = std::array<double, 3>;
using Rotation = std::array<double, 9>;

inline constexpr Rotation kNoRotation{1, 0, 0, 0, 1, 0, 0, 0, 1};

Vec3 rotate(const Rotation& r, const Vec3& v) noexcept;

/// First b, then a.
Rotation multiply(const Rotation& a, const Rotation& b) noexcept;

/// The smallest rotation that turns the unit vector `up` into +z. `up` isn't near -z.
Rotation upright(const Vec3& up) noexcept;

/// By `quarters` times 90 degrees around +z, counter-clockwise from above.
Rotation quarter_turn(int quarters) noexcept;

/// The six directions along an axis: +x, -x, +y, -y, +z, -z.
inline constexpr std::size_t kDirections = 6;
inline constexpr std::size_t kPlusZ = 4;
const char* name_of_direction(std::size_t direction) noexcept;
Vec3 unit(std::size_t direction) noexcept;
/// Which of the six a vector is nearest to.
std::size_t nearest_direction(const Vec3& v) noexcept;

/// Turns `up`, one of the six, into +z, by the convention that is known for such frames: NED (z
/// down), camera (y down, z ahead), OpenGL (y up, z back).
Rotation from_up(std::size_t up) noexcept;

}  // namespace colonnade
