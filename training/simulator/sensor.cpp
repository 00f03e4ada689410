#include "simulator/sensor.hpp"

#include <fmt/core.h>

#include "colonnade/error.hpp"

namespace colonnade::simulator {
namespace {

std::vector<double> even(double highest, double lowest, int beams) {
  std::vector<double> elevations;
  for (int i = 0; i < beams; ++i) {
    elevations.push_back(highest + (lowest - highest) * i / (beams - 1));
  }
  return elevations;
}

/// As in KITTI's car. Its beams aren't the manual's +2 to -24.8: these were measured on full sweeps
/// of the raw data (ring by ring, the median of asin(z / range)), the calibration included.
SensorDescription hdl64e() {
  SensorDescription s;
  s.name = "hdl64e";
  s.title = "Velodyne HDL-64E as in KITTI";
  s.elevations = {2.75,   2.44,   2.2,    1.74,   1.47,   1.08,   .81,    .44,    .12,    -.29,
                  -.54,   -.83,   -1.2,   -1.56,  -1.9,   -2.25,  -2.55,  -2.93,  -3.21,  -3.58,
                  -3.89,  -4.24,  -4.59,  -4.93,  -5.32,  -5.65,  -5.97,  -6.25,  -6.64,  -7.01,
                  -7.25,  -7.64,  -8.31,  -8.83,  -9.3,   -9.68,  -10.15, -10.77, -11.27, -11.7,
                  -12.15, -12.57, -13.1,  -13.62, -14.19, -14.62, -15.12, -15.47, -16.08, -16.61,
                  -17.16, -17.61, -18.12, -18.53, -18.98, -19.53, -20.04, -20.63, -21.11, -21.52,
                  -21.96, -22.61, -23.13, -23.61};
  // About 2,150 firings a turn, on a grid of 0.09: seven steps of 0.18, then one of 0.09.
  s.min_azimuth_step = 0.1665, s.max_azimuth_step = 0.169;
  s.azimuth_grid = 0.09;
  s.range_noise = 0.012;
  s.upper_beams = 32;
  s.upper_ground = {18, 0.005, 0.043};
  s.lower_ground = {9, 0.006, 0.005};
  return s;
}

/// VLP-32C user manual (63-9325), table of elevations.
SensorDescription vlp32c() {
  SensorDescription s;
  s.name = "vlp32c";
  s.title = "Velodyne VLP-32C (Ultra Puck)";
  s.elevations = {15,     10.333, 7,      4.667,  3.333,  2.333,  1.667,   1.333,
                  1,      .667,   .333,   0,      -.333,  -.667,  -1,      -1.333,
                  -1.667, -2,     -2.333, -2.667, -3,     -3.333, -3.667,  -4,
                  -4.667, -5.333, -6.148, -7.254, -8.843, -11.31, -15.639, -25};
  s.min_azimuth_step = s.max_azimuth_step = 0.2;
  s.min_range = 1, s.max_range = 120;
  s.range_noise = 0.02, s.beam_bias = 0.005;
  s.divergence = 0.17;
  s.intensity_scale = 255, s.intensity_step = 1.0 / 255;
  return s;
}

/// HDL-32E user manual: +10.67 to -30.67 in steps of 4/3; nuScenes hangs it at 1.84 m.
SensorDescription hdl32e() {
  SensorDescription s;
  s.name = "hdl32e";
  s.title = "Velodyne HDL-32E as in nuScenes";
  s.height = 1.84;
  s.elevations = even(10.67, -30.67, 32);
  s.min_azimuth_step = s.max_azimuth_step = 0.332;
  s.min_range = 1, s.max_range = 100;
  s.range_noise = 0.02, s.beam_bias = 0.005;
  s.divergence = 0.17;
  s.intensity_scale = 255, s.intensity_step = 1.0 / 255;
  return s;
}

/// OS1-128 data sheet: 45 degrees, evenly; 2048 columns a turn.
SensorDescription os1_128() {
  SensorDescription s;
  s.name = "os1-128";
  s.title = "Ouster OS1-128";
  s.elevations = even(22.5, -22.5, 128);
  s.min_azimuth_step = s.max_azimuth_step = 360.0 / 2048;
  s.min_range = 0.5, s.max_range = 100;
  s.range_noise = 0.02, s.beam_bias = 0.005;
  s.divergence = 0.18;
  s.intensity_scale = 255, s.intensity_step = 1.0 / 255;
  return s;
}

}  // namespace

std::span<const SensorDescription> sensors() {
  static const std::vector<SensorDescription> all{hdl64e(), vlp32c(), hdl32e(), os1_128()};
  return all;
}

const SensorDescription& find_sensor(const std::string& name) {
  std::string names;
  for (const SensorDescription& sensor : sensors()) {
    if (sensor.name == name) return sensor;
    names += (names.empty() ? "" : ", ") + sensor.name;
  }
  throw Error(ErrorCode::invalid_argument, "sensor",
              fmt::format("expected one of {}, found '{}'", names, name));
}

}  // namespace colonnade::simulator
