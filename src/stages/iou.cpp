#include "stages/iou.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace colonnade {
namespace {

// OpenPCDet's iou3d_nms kernel in float32, operation by operation: its decisions at the threshold
// are what exporters' boxes come from. It is not the exact polygon area: corners count as inside
// within a margin, and edges that only touch don't cross.
constexpr float kEpsilon = 1e-8f;

Corner operator-(const Corner& a, const Corner& b) noexcept {
  return {a.x - b.x, a.y - b.y};
}

float cross(const Corner& a, const Corner& b) noexcept {
  return a.x * b.y - a.y * b.x;
}

/// Of p1 and p2 seen from p0.
float cross(const Corner& p1, const Corner& p2, const Corner& p0) noexcept {
  return (p1.x - p0.x) * (p2.y - p0.y) - (p2.x - p0.x) * (p1.y - p0.y);
}

bool upright_bounds_meet(const Corner& p0, const Corner& p1, const Corner& q0,
                         const Corner& q1) noexcept {
  return std::min(p0.x, p1.x) <= std::max(q0.x, q1.x) &&
         std::min(q0.x, q1.x) <= std::max(p0.x, p1.x) &&
         std::min(p0.y, p1.y) <= std::max(q0.y, q1.y) &&
         std::min(q0.y, q1.y) <= std::max(p0.y, p1.y);
}

/// Where the edges p0-p1 and q0-q1 cross, if they do so strictly.
bool crossing(const Corner& p0, const Corner& p1, const Corner& q0, const Corner& q1,
              Corner& at) noexcept {
  if (!upright_bounds_meet(p0, p1, q0, q1)) return false;
  const float s1 = cross(q0, p1, p0);
  const float s2 = cross(p1, q1, p0);
  const float s3 = cross(p0, q1, q0);
  const float s4 = cross(q1, p1, q0);
  if (!(s1 * s2 > 0 && s3 * s4 > 0)) return false;

  const float s5 = cross(q1, p1, p0);
  if (std::fabs(s5 - s1) > kEpsilon) {
    at = {(s5 * q0.x - s1 * q1.x) / (s5 - s1), (s5 * q0.y - s1 * q1.y) / (s5 - s1)};
    return true;
  }
  const float a0 = p0.y - p1.y, b0 = p1.x - p0.x, c0 = p0.x * p1.y - p1.x * p0.y;
  const float a1 = q0.y - q1.y, b1 = q1.x - q0.x, c1 = q0.x * q1.y - q1.x * q0.y;
  const float determinant = a0 * b1 - a1 * b0;
  at = {(b0 * c1 - b1 * c0) / determinant, (a1 * c0 - a0 * c1) / determinant};
  return true;
}

bool holds(const Footprint& box, const Corner& p, float margin) noexcept {
  const float dx = p.x - box.x, dy = p.y - box.y;
  const float along = dx * box.cos + dy * box.sin;
  const float across = dx * -box.sin + dy * box.cos;
  return std::fabs(along) < box.dx / 2 + margin && std::fabs(across) < box.dy / 2 + margin;
}

/// The corners of the overlap: at most 4 x 4 crossings and 8 corners of either box.
struct Polygon {
  std::array<Corner, 24> corners;
  std::size_t count = 0;

  void add(const Corner& corner) noexcept { corners[count++] = corner; }

  /// In order around their mean, so that the area is a fan's.
  void sort() noexcept {
    Corner center{0, 0};
    for (std::size_t i = 0; i < count; ++i) {
      center.x += corners[i].x;
      center.y += corners[i].y;
    }
    center.x /= static_cast<float>(count);
    center.y /= static_cast<float>(count);
    std::array<float, 24> angles;
    for (std::size_t i = 0; i < count; ++i) {
      const Corner corner = corners[i];
      const float angle = std::atan2(corner.y - center.y, corner.x - center.x);
      std::size_t j = i;
      for (; j > 0 && angles[j - 1] > angle; --j) {
        angles[j] = angles[j - 1];
        corners[j] = corners[j - 1];
      }
      angles[j] = angle;
      corners[j] = corner;
    }
  }

  float area() const noexcept {
    float twice = 0;
    for (std::size_t i = 1; i + 1 < count; ++i) {
      twice += cross(corners[i] - corners[0], corners[i + 1] - corners[0]);
    }
    return std::fabs(twice) / 2;
  }
};

float rotated_overlap(const Footprint& a, const Footprint& b, float margin) noexcept {
  Polygon polygon;
  for (std::size_t i = 0; i < 4; ++i) {
    for (std::size_t j = 0; j < 4; ++j) {
      Corner at;
      if (crossing(a.corners[i], a.corners[(i + 1) % 4], b.corners[j], b.corners[(j + 1) % 4],
                   at)) {
        polygon.add(at);
      }
    }
  }
  for (std::size_t k = 0; k < 4; ++k) {
    if (holds(a, b.corners[k], margin)) polygon.add(b.corners[k]);
    if (holds(b, a.corners[k], margin)) polygon.add(a.corners[k]);
  }
  if (polygon.count < 3) return 0;
  polygon.sort();
  return polygon.area();
}

double rotated_iou(const Footprint& a, const Footprint& b, float margin) noexcept {
  const float overlap = rotated_overlap(a, b, margin);
  const float area_a = a.dx * a.dy, area_b = b.dx * b.dy;
  return overlap / std::max(area_a + area_b - overlap, kEpsilon);
}

/// `unit` is 1 in the pixel convention. Differences in float32, the rest in float64, as numba types
/// second.pytorch's kernel.
double upright_iou(const Bounds& a, const Bounds& b, double unit) noexcept {
  const double width = std::min(a.max_x, b.max_x) - std::max(a.min_x, b.min_x) + unit;
  const double height = std::min(a.max_y, b.max_y) - std::max(a.min_y, b.min_y) + unit;
  if (!(width > 0 && height > 0)) return 0;
  const double area_a = (a.max_x - a.min_x + unit) * (a.max_y - a.min_y + unit);
  const double area_b = (b.max_x - b.min_x + unit) * (b.max_y - b.min_y + unit);
  return width * height / (area_a + area_b - width * height);
}

float overlap_of(float half_a, float center_b, float half_b) noexcept {
  return std::max(std::min(half_a, center_b + half_b) - std::max(-half_a, center_b - half_b), 0.0f);
}

/// At least the area that both boxes, grown by `grown` on every side, share: that of `a` and of the
/// rectangle around `b`, upright in the frame of `a`.
float most_overlap(const Footprint& a, const Footprint& b, float grown) noexcept {
  const float cos = std::fabs(a.cos * b.cos + a.sin * b.sin);
  const float sin = std::fabs(a.cos * b.sin - a.sin * b.cos);
  const float dx = b.x - a.x, dy = b.y - a.y;
  const float length =
      overlap_of(a.dx / 2 + grown, dx * a.cos + dy * a.sin, (cos * b.dx + sin * b.dy) / 2 + grown);
  const float width =
      overlap_of(a.dy / 2 + grown, dy * a.cos - dx * a.sin, (sin * b.dx + cos * b.dy) / 2 + grown);
  return length * width;
}

// Floating-point noise of the skips, far above it so that they never decide.
constexpr float kSlack = 1e-3f;

float reach_of(const NmsSpec& spec) noexcept {
  if (spec.iou == IouKind::rotated) return spec.margin + kSlack;
  return (spec.plus_one ? 0.5f : 0.0f) + kSlack;
}

}  // namespace

Iou::Iou(const BoxCoding& coding, const NmsSpec& spec)
    : spec_(spec),
      length_along_y_(coding.yaw == YawConvention::kitti_camera),
      turn_(coding.yaw == YawConvention::kitti_camera ? -1.0f : 1.0f),
      reach_(reach_of(spec)) {}

Footprint Iou::footprint(const Candidate& c) const noexcept {
  Footprint box;
  box.x = c.x;
  box.y = c.y;
  box.dx = length_along_y_ ? c.width : c.length;
  box.dy = length_along_y_ ? c.length : c.width;
  const float angle = spec_.iou == IouKind::unrotated ? 0 : turn_ * c.yaw;
  box.cos = std::cos(angle);
  box.sin = std::sin(angle);
  const float left = c.x - box.dx / 2, right = c.x + box.dx / 2;
  const float low = c.y - box.dy / 2, high = c.y + box.dy / 2;
  box.corners = {Corner{left, low}, {right, low}, {right, high}, {left, high}};
  for (Corner& corner : box.corners) {
    const float dx = corner.x - c.x, dy = corner.y - c.y;
    corner = {dx * box.cos - dy * box.sin + c.x, dx * box.sin + dy * box.cos + c.y};
  }
  const auto x =
      std::minmax({box.corners[0].x, box.corners[1].x, box.corners[2].x, box.corners[3].x});
  const auto y =
      std::minmax({box.corners[0].y, box.corners[1].y, box.corners[2].y, box.corners[3].y});
  box.upright = {x.first, y.first, x.second, y.second};
  box.reach = {x.first - reach_, y.first - reach_, x.second + reach_, y.second + reach_};
  return box;
}

double Iou::of(const Footprint& a, const Footprint& b) const noexcept {
  return spec_.iou == IouKind::rotated ? rotated_iou(a, b, spec_.margin)
                                       : upright_iou(a.upright, b.upright, spec_.plus_one ? 1 : 0);
}

bool Iou::suppresses(double iou) const noexcept {
  return spec_.comparison == Comparison::greater ? iou > spec_.threshold : iou >= spec_.threshold;
}

bool Iou::suppresses(const Footprint& better, const Footprint& worse) const noexcept {
  if (spec_.iou == IouKind::rotated && too_far(better, worse)) return false;
  return suppresses(of(better, worse));
}

// Where not even the most that the boxes could share would do, the polygon needn't be computed.
bool Iou::too_far(const Footprint& a, const Footprint& b) const noexcept {
  const double most = std::min(most_overlap(a, b, reach_), most_overlap(b, a, reach_));
  const double rest = static_cast<double>(a.dx) * a.dy + static_cast<double>(b.dx) * b.dy - most;
  return rest > 0 && !suppresses(most / rest * (1 + kSlack));
}

}  // namespace colonnade
