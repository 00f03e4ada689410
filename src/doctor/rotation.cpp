#include "doctor/rotation.hpp"

#include <cmath>

namespace colonnade {

Vec3 rotate(const Rotation& r, const Vec3& v) noexcept {
  return {r[0] * v[0] + r[1] * v[1] + r[2] * v[2], r[3] * v[0] + r[4] * v[1] + r[5] * v[2],
          r[6] * v[0] + r[7] * v[1] + r[8] * v[2]};
}

Rotation multiply(const Rotation& a, const Rotation& b) noexcept {
  Rotation product{};
  for (std::size_t i = 0; i < 3; ++i) {
    for (std::size_t j = 0; j < 3; ++j) {
      for (std::size_t k = 0; k < 3; ++k) product[3 * i + j] += a[3 * i + k] * b[3 * k + j];
    }
  }
  return product;
}

// Rodrigues' formula for the axis up x z and the angle between them.
Rotation upright(const Vec3& up) noexcept {
  const double x = up[0], y = up[1], z = up[2];
  const double f = 1 / (1 + z);
  return {1 - f * x * x, -f * x * y, -x, -f * x * y, 1 - f * y * y, -y, x, y, z};
}

Rotation quarter_turn(int quarters) noexcept {
  constexpr std::array<double, 4> kCos{1, 0, -1, 0}, kSin{0, 1, 0, -1};
  const auto k = static_cast<std::size_t>(((quarters % 4) + 4) % 4);
  return {kCos[k], -kSin[k], 0, kSin[k], kCos[k], 0, 0, 0, 1};
}

const char* name_of_direction(std::size_t direction) noexcept {
  constexpr std::array<const char*, kDirections> kNames{"+x", "-x", "+y", "-y", "+z", "-z"};
  return kNames[direction];
}

Vec3 unit(std::size_t direction) noexcept {
  Vec3 v{};
  v[direction / 2] = direction % 2 == 0 ? 1 : -1;
  return v;
}

std::size_t nearest_direction(const Vec3& v) noexcept {
  std::size_t axis = 0;
  for (std::size_t i = 1; i < 3; ++i) {
    if (std::fabs(v[i]) > std::fabs(v[axis])) axis = i;
  }
  return 2 * axis + (v[axis] < 0 ? 1 : 0);
}

Rotation from_up(std::size_t up) noexcept {
  constexpr std::array<Rotation, kDirections> kRotations{{
      {0, 0, -1, 0, 1, 0, 1, 0, 0},   // +x
      {0, 0, 1, 0, 1, 0, -1, 0, 0},   // -x
      {0, 0, -1, -1, 0, 0, 0, 1, 0},  // +y: OpenGL, x right, z back
      {0, 0, 1, -1, 0, 0, 0, -1, 0},  // -y: camera, x right, z ahead
      kNoRotation,                    // +z
      {1, 0, 0, 0, -1, 0, 0, 0, -1},  // -z: NED, x ahead, y right
  }};
  return kRotations[up];
}

}  // namespace colonnade
