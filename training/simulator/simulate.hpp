// Frames out of nothing but a seed.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "simulator/distribution.hpp"
#include "simulator/labels.hpp"
#include "simulator/sensor.hpp"

namespace colonnade::simulator {

enum class View : std::uint8_t {
  camera,  ///< What KITTI's left colour camera sees.
  front,   ///< 46 degrees to each side, uncropped.
  full,    ///< The whole turn.
  mixed,   ///< Four of five frames `camera`, the others `front`.
};

/// camera, front, full, mixed; Error(invalid_argument) lists them.
View find_view(const std::string& name);

struct Frame {
  std::vector<float> points;  ///< Interleaved x, y, z (metres, sensor frame), intensity.
  std::vector<Label> labels;  ///< Of what has at least one point.
  Camera camera;
  bool cropped = false;  ///< To the camera's view.
  StreetKind street = StreetKind::residential;
};

/// A pure function: equal arguments give equal bits, whatever compiles or runs it.
Frame simulate(const SensorDescription& sensor, const SceneDistribution& distribution, View view,
               std::uint64_t seed);

/// The seed of frame `index` of a run.
std::uint64_t frame_seed(std::uint64_t seed, std::uint64_t index) noexcept;

}  // namespace colonnade::simulator
