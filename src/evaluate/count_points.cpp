#include "evaluate/count_points.hpp"

#include <cmath>

#include "cloud/scalar.hpp"
#include "colonnade/error.hpp"
#include "evaluate/overlap.hpp"

namespace colonnade {
namespace {

bool holds(const UprightBox& box, double x, double y, double z) noexcept {
  const double du = x - box.u, dv = y - box.v;
  return z >= box.low && z <= box.high && std::abs(box.cos * du + box.sin * dv) <= box.along / 2 &&
         std::abs(box.cos * dv - box.sin * du) <= box.across / 2;
}

}  // namespace

void count_points(const CloudView& cloud, std::span<LidarObject> labels) {
  const PointField* const x = cloud.find("x");
  const PointField* const y = cloud.find("y");
  const PointField* const z = cloud.find("z");
  if (x == nullptr || y == nullptr || z == nullptr) {
    throw Error(ErrorCode::format, "the cloud has no fields x, y and z");
  }
  std::vector<UprightBox> boxes;
  for (LidarObject& label : labels) {
    label.points = 0;
    boxes.push_back(upright(label));
  }
  for (std::size_t i = 0; i < cloud.count; ++i) {
    const auto px = static_cast<double>(load_float(cloud, i, x));
    const auto py = static_cast<double>(load_float(cloud, i, y));
    const auto pz = static_cast<double>(load_float(cloud, i, z));
    for (std::size_t k = 0; k < boxes.size(); ++k) {
      if (holds(boxes[k], px, py, pz)) ++labels[k].points;
    }
  }
}

}  // namespace colonnade
