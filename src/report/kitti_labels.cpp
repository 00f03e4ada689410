#include "report/kitti_labels.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>

#include "report/class_name.hpp"

namespace colonnade {
namespace {

using Point = std::array<double, 3>;  ///< Metres, rectified camera.

constexpr double kPi = 3.14159265358979323846;

/// Into (-pi, pi].
double wrapped(double angle) noexcept {
  const double turned = std::remainder(angle, 2 * kPi);
  return turned <= -kPi ? turned + 2 * kPi : turned;
}

KittiCalib nominal() noexcept {
  KittiCalib calib;
  calib.r0_rect = {1, 0, 0, 0, 1, 0, 0, 0, 1};
  calib.tr_velo_to_cam = {0, -1, 0, 0, 0, 0, -1, 0, 1, 0, 0, 0};
  return calib;
}

struct Label {
  Point bottom;  ///< Centre of the bottom: KITTI's location.
  double length = 0, width = 0, height = 0, rotation_y = 0;
};

Label label_of(const Box& box, const KittiCalib& calib) noexcept {
  Label label;
  label.length = static_cast<double>(box.length);
  label.width = static_cast<double>(box.width);
  label.height = static_cast<double>(box.height);
  label.bottom = calib.to_camera(box.x, box.y, static_cast<double>(box.z) - label.height / 2);
  // Nominal even with a calibration: labels reach every framework's LiDAR frame by the inverse of
  // this rule (OpenPCDet, mmdet3d), so networks learn it, tilt of the camera included.
  label.rotation_y = wrapped(-static_cast<double>(box.yaw) - kPi / 2);
  return label;
}

/// Corners k: bit 0 rear, bit 1 right, bit 2 top.
std::array<Point, 8> corners_of(const Label& label) noexcept {
  const double c = std::cos(label.rotation_y), s = std::sin(label.rotation_y);
  std::array<Point, 8> corners;
  for (std::size_t k = 0; k < 8; ++k) {
    const double along = (k & 1U) != 0 ? -label.length / 2 : label.length / 2;
    const double across = (k & 2U) != 0 ? -label.width / 2 : label.width / 2;
    const double up = (k & 4U) != 0 ? label.height : 0;
    corners[k] = {label.bottom[0] + c * along + s * across, label.bottom[1] - up,
                  label.bottom[2] - s * along + c * across};
  }
  return corners;
}

struct ImageBox {
  double left = -1, top = -1, right = -1, bottom = -1;
};

/// Of the box's edges as far as they lie ahead: corners behind the camera project to nonsense.
ImageBox image_box(const Label& label, const KittiCalib& calib, const ImageSize& image) noexcept {
  constexpr double nearest = 0.1, inf = std::numeric_limits<double>::infinity();
  const std::array<Point, 8> corners = corners_of(label);
  ImageBox box{inf, inf, -inf, -inf};
  const auto include = [&](const Point& p) {
    const KittiCalib::Pixel pixel = calib.project(p);
    box.left = std::min(box.left, pixel.u);
    box.right = std::max(box.right, pixel.u);
    box.top = std::min(box.top, pixel.v);
    box.bottom = std::max(box.bottom, pixel.v);
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
  box.left = std::max(box.left, 0.0);
  box.top = std::max(box.top, 0.0);
  box.right = std::min(box.right, image.width - 1);
  box.bottom = std::min(box.bottom, image.height - 1);
  return box.left < box.right && box.top < box.bottom ? box : ImageBox{};
}

/// KITTI's columns are separated by spaces.
std::string one_word(std::string name) {
  std::replace_if(
      name.begin(), name.end(), [](char c) { return c == ' ' || c == '\t' || c == '\n'; }, '_');
  return name;
}

}  // namespace

std::string kitti_labels(const Detections& detections, std::span<const std::string> classes,
                         const KittiCalib* calib, const ImageSize& image) {
  const KittiCalib axes = calib != nullptr ? *calib : nominal();
  std::string out;
  for (const Box& box : detections.boxes) {
    const Label label = label_of(box, axes);
    const ImageBox seen = calib != nullptr ? image_box(label, axes, image) : ImageBox{};
    const double alpha = wrapped(label.rotation_y - std::atan2(label.bottom[0], label.bottom[2]));
    fmt::format_to(std::back_inserter(out),
                   "{} -1 -1 {:.4f} {:.4f} {:.4f} {:.4f} {:.4f} {:.4f} {:.4f} {:.4f} {:.4f} {:.4f} "
                   "{:.4f} {:.4f} {:.4f}\n",
                   one_word(class_name(box.label, classes)), alpha, seen.left, seen.top, seen.right,
                   seen.bottom, label.height, label.width, label.length, label.bottom[0],
                   label.bottom[1], label.bottom[2], label.rotation_y, box.score);
  }
  return out;
}

}  // namespace colonnade
