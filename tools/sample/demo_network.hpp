// A PointPillars network with seeded random weights, until a trained one ships.
#pragma once

#include <cstdint>
#include <string>

namespace colonnade::sample {

/// Cells of the grid, multiples of 8, and the pillars that the graph takes. KITTI's, unless said.
struct DemoSize {
  std::int64_t columns = 432, rows = 496;
  std::int64_t pillars = 10000;
};

/// Writes it in the form of NVIDIA's CUDA-PointPillars export (one file, PPScatterPlugin), with
/// KITTI's anchors, but narrow: what it finds means nothing, finding it is quick.
void write_demo_network(std::uint64_t seed, const std::string& path, const DemoSize& size = {});

}  // namespace colonnade::sample
