// What becomes of the sweeps' points on their way into pillars, by the pipeline's own stages.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "colonnade/box.hpp"
#include "doctor/examined.hpp"

namespace colonnade {

struct Counts {
  std::vector<FrameStats> sweeps;  ///< One a sweep; up to `pillars`.
  FrameStats all;                  ///< Their sum.
  /// Points that left the range along x, along y (of those inside in x), along z (of those inside
  /// in x and y).
  std::array<std::int64_t, 3> outside{};

  std::int64_t in_range() const noexcept {
    return measured() - outside[0] - outside[1] - outside[2];
  }
  /// Points that came as far as the range: not dropped before it.
  std::int64_t measured() const noexcept {
    return all.points - all.non_finite - all.zero_returns - all.self_hits - all.outside_fov;
  }
};

/// `field_of_view`: as DetectorOptions'.
Counts count_points(const Examined& examined, const SensorSpec& sensor,
                    std::optional<float> field_of_view = std::nullopt);

}  // namespace colonnade
