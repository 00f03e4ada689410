// second.pytorch's anchor mask: anchors over (nearly) empty ground aren't candidates.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "colonnade/model.hpp"
#include "frame/pillars.hpp"
#include "stages/anchors.hpp"

namespace colonnade {

class OccupancyMask {
 public:
  OccupancyMask(const GridSpec& grid, YawConvention yaw, float area);

  /// Counts the pillars of this frame.
  void update(const Pillars& pillars);

  /// Whether the upright rectangle of `anchor` covers more than `area` pillars.
  bool covers(const Anchor& anchor) const noexcept;

 private:
  GridSpec grid_;
  std::int64_t nx_, ny_;
  YawConvention yaw_;
  float area_;
  std::vector<std::int32_t> sums_;  ///< [ny, nx]: pillars at or before this row and column.
};

}  // namespace colonnade
