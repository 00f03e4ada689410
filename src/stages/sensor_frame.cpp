#include "stages/sensor_frame.hpp"

#include <cmath>

#include "colonnade/error.hpp"

namespace colonnade {
namespace {

constexpr double kPi = 3.14159265358979323846;
constexpr double kTwoPi = 2 * kPi;

using Vector = std::array<double, 3>;

Vector rotate_back(const std::array<double, 9>& r, const Vector& v) noexcept {
  return {r[0] * v[0] + r[3] * v[1] + r[6] * v[2], r[1] * v[0] + r[4] * v[1] + r[7] * v[2],
          r[2] * v[0] + r[5] * v[1] + r[8] * v[2]};
}

// Looser than any calibration file's rounding, tighter than a scale or a swapped axis.
constexpr double kRotationTolerance = 1e-3;

bool is_rotation(const std::array<double, 9>& r) noexcept {
  for (std::size_t i = 0; i < 3; ++i) {
    for (std::size_t j = 0; j < 3; ++j) {
      double dot = 0;
      for (std::size_t k = 0; k < 3; ++k) dot += r[3 * i + k] * r[3 * j + k];
      if (!(std::fabs(dot - (i == j ? 1 : 0)) < kRotationTolerance)) return false;
    }
  }
  const double determinant = r[0] * (r[4] * r[8] - r[5] * r[7]) -
                             r[1] * (r[3] * r[8] - r[5] * r[6]) +
                             r[2] * (r[3] * r[7] - r[4] * r[6]);
  return determinant > 0;
}

}  // namespace

SensorFrame::SensorFrame(const SensorSpec& sensor)
    : rotation_(sensor.rotation),
      translation_(sensor.translation),
      identity_(sensor.rotation == SensorSpec{}.rotation &&
                sensor.translation == SensorSpec{}.translation) {
  for (const double t : translation_) {
    if (!std::isfinite(t)) {
      throw Error(ErrorCode::invalid_argument, "sensor translation",
                  "expected three finite numbers of metres, found NaN or infinity");
    }
  }
  if (!is_rotation(rotation_)) {
    throw Error(ErrorCode::invalid_argument, "sensor rotation",
                "expected a right-handed rotation (orthonormal rows, determinant 1), found another "
                "matrix; a scaled or mirrored one can't carry boxes back");
  }
}

void SensorFrame::to_model(Point& point) const noexcept {
  if (identity_) return;
  const std::array<double, 9>& r = rotation_;
  const Vector v{point.x, point.y, point.z};
  point.x = static_cast<float>(r[0] * v[0] + r[1] * v[1] + r[2] * v[2] + translation_[0]);
  point.y = static_cast<float>(r[3] * v[0] + r[4] * v[1] + r[5] * v[2] + translation_[1]);
  point.z = static_cast<float>(r[6] * v[0] + r[7] * v[1] + r[8] * v[2] + translation_[2]);
}

void SensorFrame::to_sensor(Box& box) const noexcept {
  if (identity_) return;
  const Vector center = rotate_back(
      rotation_, {box.x - translation_[0], box.y - translation_[1], box.z - translation_[2]});
  const Vector heading = rotate_back(rotation_, {std::cos(box.yaw), std::sin(box.yaw), 0});
  const Vector velocity = rotate_back(rotation_, {box.vx, box.vy, 0});
  box.x = static_cast<float>(center[0]);
  box.y = static_cast<float>(center[1]);
  box.z = static_cast<float>(center[2]);
  box.yaw = wrap_angle(std::atan2(heading[1], heading[0]));
  box.vx = static_cast<float>(velocity[0]);
  box.vy = static_cast<float>(velocity[1]);
}

float wrap_angle(double radians) noexcept {
  constexpr float kLargest = 3.14159250f;  // The greatest float32 below pi.
  const auto wrapped = static_cast<float>(std::remainder(radians, kTwoPi));
  if (wrapped < -kLargest || wrapped > kLargest) return kLargest;
  return wrapped;
}

}  // namespace colonnade
