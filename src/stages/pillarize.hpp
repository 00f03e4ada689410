// Points -> Pillars: groups points by grid cell.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "colonnade/box.hpp"
#include "colonnade/model.hpp"
#include "frame/pillars.hpp"
#include "frame/points.hpp"

namespace colonnade {

/// One pass in arrival order, so that the result doesn't depend on threads: pillars are numbered by
/// their first point, and keep their first max_points points.
class Pillarize {
 public:
  /// Error(limit): a grid or a pillar buffer beyond what is sensible to hold.
  explicit Pillarize(const ModelSpec& model);

  /// Valid until the next run. Adds to `stats` the points dropped and the pillars made.
  Pillars run(const Points& points, FrameStats& stats);

 private:
  /// The point's cell, or -1.
  std::int64_t cell_of(const Point& point) const noexcept;
  void clear() noexcept;

  GridSpec grid_;
  std::int64_t nx_, ny_;
  float depth_;
  PillarOverflow overflow_;
  std::int64_t max_pillars_, max_points_;
  std::vector<std::int32_t> pillar_of_cell_;  ///< -1: empty.
  std::unique_ptr<Point[]> points_;
  std::vector<std::int32_t> counts_;
  std::vector<PillarCell> cells_;
  std::int64_t count_ = 0;
};

}  // namespace colonnade
