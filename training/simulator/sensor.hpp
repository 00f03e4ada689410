// A spinning LiDAR as data.
#pragma once

#include <span>
#include <string>
#include <vector>

namespace colonnade::simulator {

/// Far returns read darker than near ones, and more and more of them 0.
struct Fading {
  double start = 22;               ///< Metres.
  double per_metre = 0.004;        ///< Taken off the intensity (0 to 1) beyond `start`.
  double zeros_per_metre = 0.015;  ///< Share of the returns that read 0, beyond `start`.
};

struct SensorDescription {
  std::string name;
  std::string title;               ///< For people.
  double height = 1.73;            ///< Metres above the ground.
  std::vector<double> elevations;  ///< Degrees, highest first: one a beam.
  double min_azimuth_step = 0.17;  ///< Degrees; a frame draws its own between the two.
  double max_azimuth_step = 0.18;
  /// Degrees: azimuths are multiples of the encoder's resolution, so steps alternate. 0: they
  /// don't.
  double azimuth_grid = 0;
  double min_range = 1.5, max_range = 80;  ///< Metres.
  double range_noise = 0.015;              ///< Metres, deviation of a return.
  double beam_bias = 0.01;                 ///< Metres, deviation of a beam's own constant error.
  double elevation_bias = 0.03;            ///< Degrees, deviation of a beam's calibrated elevation.
  double elevation_jitter = 0.001;         ///< Degrees, deviation of a firing.
  double divergence = 0.09;                ///< Degrees, a beam's full width.
  double ground_range = 75;                ///< Metres: the road is hardly seen any more.
  Fading objects{18, 0.006, 0.013};
  Fading paint{12, 0, 0.006};
  /// Far paint reads 0 or bright, hardly anything between: this much a metre beyond 10 m is faint.
  double faint_per_metre = 0.008;
  int upper_beams = 0;  ///< The first so many see the ground fade by `upper_ground`...
  Fading upper_ground, lower_ground;  ///< ...the others by `lower_ground`.
  double intensity_scale = 1;         ///< Of a full return: 1 (KITTI) or 255 (nuScenes).
  double intensity_step = 0.01;       ///< Of the scale: intensities are multiples.
};

/// hdl64e, vlp32c, hdl32e, os1-128.
std::span<const SensorDescription> sensors();

/// Error(invalid_argument) lists the names.
const SensorDescription& find_sensor(const std::string& name);

}  // namespace colonnade::simulator
