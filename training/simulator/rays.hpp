// The directions of one turn's firings, and which of them can meet a thing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "simulator/draw.hpp"
#include "simulator/sensor.hpp"

namespace colonnade::simulator {

/// Rays are stored column by column (columns: azimuths, counter-clockwise), in a column from the
/// highest beam to the lowest. Floats: loops over a column's beams vectorise.
struct Rays {
  std::size_t columns = 0, beams = 0;
  double first_azimuth = 0, step = 0;  ///< Radians; column c is at first + c step, or near (grid).
  bool full_circle = false;
  std::vector<float> x, y, z;      ///< Unit directions, [column * beams + beam].
  std::vector<double> elevations;  ///< Radians, of this turn, highest first.
  double elevation_margin = 0;     ///< Radians: how far a firing may be off.

  std::size_t size() const noexcept { return x.size(); }
};

/// `half_view`: radians to each side of +x; pi or more: the full circle.
Rays make_rays(const SensorDescription& sensor, double half_view, Draw& draw);

/// A range of columns (wrapping round where first + count > columns) and of beams.
struct RayWindow {
  std::size_t first_column = 0, column_count = 0, first_beam = 0, beam_count = 0;
  bool empty() const noexcept { return column_count == 0 || beam_count == 0; }
};

/// Rays between two azimuths (low <= high, radians) and two elevations.
RayWindow window(const Rays& rays, double low_azimuth, double high_azimuth, double low_elevation,
                 double high_elevation) noexcept;

}  // namespace colonnade::simulator
