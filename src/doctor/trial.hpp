// Boxes in clouds with one sensor.yaml; the best box below the threshold where there are none.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "colonnade/box.hpp"
#include "colonnade/cloud.hpp"
#include "colonnade/engine.hpp"
#include "colonnade/model.hpp"

namespace colonnade {

struct Trial {
  std::int64_t boxes = 0;
  std::optional<Box> best;     ///< By score, over all clouds; nothing: no box at any threshold.
  std::size_t best_cloud = 0;  ///< Whose it is.
  float threshold = 0;         ///< The model's.
};

/// Runs a detector over all clouds. Without boxes, again with lower and lower thresholds.
Trial try_sensor(const std::shared_ptr<const Engine>& engine, const SensorSpec& sensor,
                 std::span<const CloudView> clouds, int threads);

}  // namespace colonnade
