// From hits to points: what comes back, how far off, how bright.
#pragma once

#include <cstdint>
#include <vector>

#include "simulator/camera.hpp"
#include "simulator/cast.hpp"

namespace colonnade::simulator {

struct Returns {
  std::vector<float> points;                 ///< Interleaved x, y, z, intensity.
  std::vector<std::uint32_t> object_points;  ///< One count an object.
};

/// In the order of KITTI's files: beam by beam from the highest, each counter-clockwise from +x.
/// `camera`: only what it sees is kept; null: everything.
Returns make_returns(const SensorDescription& sensor, const Rays& rays, const CastResult& cast,
                     double grass_height, const Camera* camera, Draw& draw);

}  // namespace colonnade::simulator
