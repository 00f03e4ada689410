// Three doubles: metres, x ahead, y left, z up.
#pragma once

#include <algorithm>
#include <cmath>

namespace colonnade {

struct Vec {
  double x = 0, y = 0, z = 0;

  friend Vec operator+(Vec a, Vec b) noexcept { return {a.x + b.x, a.y + b.y, a.z + b.z}; }
  friend Vec operator-(Vec a, Vec b) noexcept { return {a.x - b.x, a.y - b.y, a.z - b.z}; }
  friend Vec operator*(double s, Vec a) noexcept { return {s * a.x, s * a.y, s * a.z}; }
};

inline double dot(Vec a, Vec b) noexcept {
  return a.x * b.x + a.y * b.y + a.z * b.z;
}
inline double length(Vec a) noexcept {
  return std::sqrt(dot(a, a));
}

}  // namespace colonnade
