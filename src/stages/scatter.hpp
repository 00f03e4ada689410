// PillarFeatures -> BevImage: each pillar's features stand on its cell. The image stays sparse, so
// nothing moves; a backend that needs the dense canvas makes it.
#pragma once

#include "colonnade/model.hpp"
#include "frame/bev_image.hpp"
#include "frame/pillar_features.hpp"
#include "frame/pillars.hpp"

namespace colonnade {

inline BevImage scatter(const PillarFeatures& features, const Pillars& pillars,
                        const GridSpec& grid) noexcept {
  return {features.data, pillars.cells, pillars.count, features.channels, grid.ny(), grid.nx()};
}

}  // namespace colonnade
