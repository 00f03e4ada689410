// What the PFN answers.
#pragma once

#include <cstdint>

namespace colonnade {

/// Row p holds the `channels` features of pillar p of the frame's Pillars. Owned by the PFN stage.
struct PillarFeatures {
  const float* data = nullptr;
  std::int64_t count = 0;
  std::int64_t channels = 0;
};

}  // namespace colonnade
