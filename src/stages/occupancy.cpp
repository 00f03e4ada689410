#include "stages/occupancy.hpp"

#include <algorithm>
#include <cmath>

namespace colonnade {
namespace {

constexpr float kPi = 3.14159265358979323846f;

/// floor((corner - min) / cell) in float32, clamped to the grid: a width of 1.6 m is exactly 10
/// cells of SmallMunich's, and float64 puts corners into other cells.
std::int64_t cell_of(float corner, float min, float cell, std::int64_t cells) noexcept {
  const float index = std::floor((corner - min) / cell);
  if (!(index > 0)) return 0;
  return index < static_cast<float>(cells) ? static_cast<std::int64_t>(index) : cells - 1;
}

}  // namespace

OccupancyMask::OccupancyMask(const GridSpec& grid, YawConvention yaw, float area)
    : grid_(grid),
      nx_(grid.nx()),
      ny_(grid.ny()),
      yaw_(yaw),
      area_(area),
      sums_(static_cast<std::size_t>(nx_ * ny_)) {}

void OccupancyMask::update(const Pillars& pillars) {
  std::fill(sums_.begin(), sums_.end(), 0);
  for (std::int64_t p = 0; p < pillars.count; ++p) {
    sums_[static_cast<std::size_t>(pillars.cells[p].iy * nx_ + pillars.cells[p].ix)] = 1;
  }
  for (std::int64_t y = 0; y < ny_; ++y) {
    std::int32_t* row = sums_.data() + y * nx_;
    const std::int32_t* above = y == 0 ? nullptr : row - nx_;
    std::int32_t run = 0;
    for (std::int64_t x = 0; x < nx_; ++x) {
      run += row[x];
      row[x] = run + (above == nullptr ? 0 : above[x]);
    }
  }
}

bool OccupancyMask::covers(const Anchor& anchor) const noexcept {
  // Extents along x and y at yaw 0, swapped when the yaw is nearer to a right angle.
  float dx = yaw_ == YawConvention::kitti_camera ? anchor.width : anchor.length;
  float dy = yaw_ == YawConvention::kitti_camera ? anchor.length : anchor.width;
  const float turn = anchor.yaw - std::floor(anchor.yaw / kPi + 0.5f) * kPi;
  if (std::fabs(turn) > kPi / 4) std::swap(dx, dy);

  const std::int64_t left = cell_of(anchor.x - dx / 2, grid_.min[0], grid_.cell[0], nx_);
  const std::int64_t right = cell_of(anchor.x + dx / 2, grid_.min[0], grid_.cell[0], nx_);
  const std::int64_t top = cell_of(anchor.y - dy / 2, grid_.min[1], grid_.cell[1], ny_);
  const std::int64_t bottom = cell_of(anchor.y + dy / 2, grid_.min[1], grid_.cell[1], ny_);
  const auto sum = [this](std::int64_t y, std::int64_t x) {
    return sums_[static_cast<std::size_t>(y * nx_ + x)];
  };
  // The first row and column are excluded: second.pytorch subtracts the sums at the corner itself.
  const std::int32_t count =
      sum(bottom, right) - sum(bottom, left) - sum(top, right) + sum(top, left);
  return static_cast<float>(count) > area_;
}

}  // namespace colonnade
