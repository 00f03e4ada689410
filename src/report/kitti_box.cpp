#include "report/kitti_box.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace colonnade {
namespace {

using Point = std::array<double, 3>;  ///< Metres, rectified camera.

constexpr double kPi = 3.14159265358979323846;

/// Into (-pi, pi].
double wrapped(double angle) noexcept {
  const double turned = std::remainder(angle, 2 * kPi);
  return turned <= -kPi ? turned + 2 * kPi : turned;
}

/// Corners k: bit 0 rear, bit 1 right, bit 2 top.
std::array<Point, 8> corners_of(const KittiBox& box) noexcept {
  const double c = std::cos(box.rotation_y), s = std::sin(box.rotation_y);
  std::array<Point, 8> corners;
  for (std::size_t k = 0; k < 8; ++k) {
    const double along = (k & 1U) != 0 ? -box.length / 2 : box.length / 2;
    const double across = (k & 2U) != 0 ? -box.width / 2 : box.width / 2;
    const double up = (k & 4U) != 0 ? box.height : 0;
    corners[k] = {box.bottom[0] + c * along + s * across, box.bottom[1] - up,
                  box.bottom[2] - s * along + c * across};
  }
  return corners;
}

}  // namespace

double KittiBox::alpha() const noexcept {
  return wrapped(rotation_y - std::atan2(bottom[0], bottom[2]));
}

KittiBox kitti_box(const Box& box, const KittiCalib& calib) noexcept {
  KittiBox out;
  out.length = static_cast<double>(box.length);
  out.width = static_cast<double>(box.width);
  out.height = static_cast<double>(box.height);
  out.bottom = calib.to_camera(box.x, box.y, static_cast<double>(box.z) - out.height / 2);
  // Nominal even with a calibration: labels reach every framework's LiDAR frame by the inverse of
  // this rule (OpenPCDet, mmdet3d), so networks learn it, tilt of the camera included.
  out.rotation_y = wrapped(-static_cast<double>(box.yaw) - kPi / 2);
  return out;
}

ImageBox surrounding(const KittiBox& box, const KittiCalib& calib) noexcept {
  // Edges only as far as they lie ahead: corners behind the camera project to nonsense.
  constexpr double nearest = 0.1, inf = std::numeric_limits<double>::infinity();
  const std::array<Point, 8> corners = corners_of(box);
  ImageBox out{inf, inf, -inf, -inf};
  const auto include = [&](const Point& p) {
    const KittiCalib::Pixel pixel = calib.project(p);
    out.left = std::min(out.left, pixel.u);
    out.right = std::max(out.right, pixel.u);
    out.top = std::min(out.top, pixel.v);
    out.bottom = std::max(out.bottom, pixel.v);
  };
  for (std::size_t k = 0; k < 8; ++k) {
    const Point& a = corners[k];
    if (a[2] >= nearest) include(a);
    for (const std::size_t bit : {1U, 2U, 4U}) {
      const Point& b = corners[k ^ bit];
      if (a[2] < nearest || b[2] >= nearest) continue;
      const double t = (a[2] - nearest) / (a[2] - b[2]);
      include({a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1]), nearest});
    }
  }
  return out.seen() ? out : ImageBox{};
}

ImageBox clipped(ImageBox box, const ImageSize& image) noexcept {
  box.left = std::max(box.left, 0.0);
  box.top = std::max(box.top, 0.0);
  box.right = std::min(box.right, image.width - 1);
  box.bottom = std::min(box.bottom, image.height - 1);
  return box.seen() ? box : ImageBox{};
}

}  // namespace colonnade
