#include "cloud/pose.hpp"

#include <fmt/core.h>

#include <cmath>
#include <cstddef>

#include "colonnade/error.hpp"

namespace colonnade {

void check_rigid(const Pose& pose, const std::string& where) {
  constexpr double kTolerance = 1e-3;
  const auto refuse = [&](const std::string& found) {
    throw Error(
        ErrorCode::invalid_argument, where,
        "expected a row-major 4x4 pose, a rotation and a translation above 0 0 0 1, found " +
            found);
  };
  for (const double value : pose) {
    if (!std::isfinite(value)) refuse("a number that isn't finite");
  }
  if (pose[12] != 0 || pose[13] != 0 || pose[14] != 0 || pose[15] != 1) {
    refuse(fmt::format("the last row {} {} {} {}", pose[12], pose[13], pose[14], pose[15]));
  }
  for (std::size_t i = 0; i < 3; ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      double dot = 0;
      for (std::size_t k = 0; k < 3; ++k) dot += pose[4 * i + k] * pose[4 * j + k];
      if (std::fabs(dot - (i == j ? 1 : 0)) > kTolerance) {
        refuse(fmt::format("rows {} and {} with the product {}", j, i, dot));
      }
    }
  }
  const double determinant = pose[0] * (pose[5] * pose[10] - pose[6] * pose[9]) -
                             pose[1] * (pose[4] * pose[10] - pose[6] * pose[8]) +
                             pose[2] * (pose[4] * pose[9] - pose[5] * pose[8]);
  if (determinant < 0) refuse("a mirror image");
}

Pose relative(const Pose& to, const Pose& from) noexcept {
  Pose result{};
  result[15] = 1;
  for (std::size_t i = 0; i < 3; ++i) {
    for (std::size_t j = 0; j < 4; ++j) {
      for (std::size_t k = 0; k < 3; ++k) {
        // The inverse of a rigid transform: R^T (p - t).
        const double shift = j == 3 ? to[4 * k + 3] : 0;
        result[4 * i + j] += to[4 * k + i] * (from[4 * k + j] - shift);
      }
    }
  }
  return result;
}

std::array<double, 3> apply(const Pose& pose, double x, double y, double z) noexcept {
  std::array<double, 3> result{};
  for (std::size_t i = 0; i < 3; ++i) {
    const double* const row = &pose[4 * i];
    result[i] = row[0] * x + row[1] * y + row[2] * z + row[3];
  }
  return result;
}

}  // namespace colonnade
