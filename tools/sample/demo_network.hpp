// A PointPillars network with seeded random weights, until a trained one ships.
#pragma once

#include <cstdint>
#include <string>

namespace colonnade::sample {

/// Writes it in the form of NVIDIA's CUDA-PointPillars export (one file, PPScatterPlugin), on
/// KITTI's grid with KITTI's anchors, but narrow: what it finds means nothing, finding it is quick.
void write_demo_network(std::uint64_t seed, const std::string& path);

}  // namespace colonnade::sample
