#include "stages/pillarize.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "colonnade/error.hpp"

namespace colonnade {
namespace {

// 16384 x 16384 cells; 1 Gi slots of 20 bytes. Far beyond any model, well within 64-bit sizes.
constexpr std::int64_t kMaxCells = std::int64_t{1} << 28;
constexpr std::int64_t kMaxSlots = std::int64_t{1} << 30;

void check(const GridSpec& grid, const PillarSpec& pillars) {
  const std::int64_t nx = grid.nx(), ny = grid.ny();
  if (nx < 1 || ny < 1 || nx > kMaxCells / ny || !(grid.max[2] > grid.min[2])) {
    throw Error(ErrorCode::limit, "grid",
                fmt::format("expected 1 to {} cells, found {} x {} of height {} m", kMaxCells, nx,
                            ny, grid.max[2] - grid.min[2]));
  }
  if (pillars.max_pillars < 1 || pillars.max_points < 1 ||
      pillars.max_points > kMaxSlots / std::min(pillars.max_pillars, nx * ny)) {
    throw Error(ErrorCode::limit, "pillars",
                fmt::format("expected 1 to {} point slots, found max_pillars {} x max_points {}",
                            kMaxSlots, pillars.max_pillars, pillars.max_points));
  }
}

}  // namespace

Pillarize::Pillarize(const ModelSpec& model) : grid_(model.grid) {
  check(grid_, model.pillars);
  nx_ = grid_.nx();
  ny_ = grid_.ny();
  depth_ = grid_.max[2] - grid_.min[2];
  overflow_ = model.pillars.overflow;
  max_pillars_ = std::min(model.pillars.max_pillars, nx_ * ny_);
  max_points_ = model.pillars.max_points;
  pillar_of_cell_.assign(static_cast<std::size_t>(nx_ * ny_), -1);
  // Not zeroed: slots that no point fills are never touched, not even by the page allocator.
  points_ =
      std::make_unique_for_overwrite<Point[]>(static_cast<std::size_t>(max_pillars_ * max_points_));
  counts_.resize(static_cast<std::size_t>(max_pillars_));
  cells_.resize(static_cast<std::size_t>(max_pillars_));
}

Pillars Pillarize::run(const Points& points, FrameStats& stats) {
  clear();
  bool stopped = false;
  for (std::int64_t i = 0; i < points.count; ++i) {
    const Point& point = points.data[i];
    const std::int64_t cell = cell_of(point);
    if (cell < 0) {
      ++stats.out_of_range;
      continue;
    }
    std::int32_t& pillar = pillar_of_cell_[static_cast<std::size_t>(cell)];
    if (stopped || (pillar < 0 && count_ == max_pillars_)) {
      stopped = overflow_ == PillarOverflow::stop;
      ++stats.over_pillar_cap;
      continue;
    }
    if (pillar < 0) {
      pillar = static_cast<std::int32_t>(count_++);
      counts_[static_cast<std::size_t>(pillar)] = 0;
      cells_[static_cast<std::size_t>(pillar)] = {static_cast<std::int32_t>(cell % nx_),
                                                  static_cast<std::int32_t>(cell / nx_)};
    }
    std::int32_t& held = counts_[static_cast<std::size_t>(pillar)];
    if (held == max_points_) {
      ++stats.over_pillar_points;
      continue;
    }
    points_[static_cast<std::size_t>(pillar * max_points_ + held++)] = point;
  }
  stats.pillars += count_;
  return {points_.get(), counts_.data(), cells_.data(), count_, max_points_};
}

// second.pytorch, spconv, OpenPCDet and mmdet3d all take floor((p - min) / cell) in float32 and
// compare the integers. A quotient that is at least 0 and less than n has the same floor as its
// truncation; everything else, NaN included, fails the comparison.
std::int64_t Pillarize::cell_of(const Point& point) const noexcept {
  const float x = (point.x - grid_.min[0]) / grid_.cell[0];
  const float y = (point.y - grid_.min[1]) / grid_.cell[1];
  const float z = (point.z - grid_.min[2]) / depth_;
  const bool inside = x >= 0 && x < static_cast<float>(nx_) && y >= 0 &&
                      y < static_cast<float>(ny_) && z >= 0 && z < 1;
  return inside ? static_cast<std::int64_t>(y) * nx_ + static_cast<std::int64_t>(x) : -1;
}

void Pillarize::clear() noexcept {
  for (std::int64_t p = 0; p < count_; ++p) {
    const PillarCell& cell = cells_[static_cast<std::size_t>(p)];
    pillar_of_cell_[static_cast<std::size_t>(cell.iy * nx_ + cell.ix)] = -1;
  }
  count_ = 0;
}

}  // namespace colonnade
