// The ground's height and what it's made of. Close to the sensor it's nearly a plane (the car that
// carries the sensor stands on it); with distance come grades, waves and banks.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "simulator/distribution.hpp"
#include "simulator/draw.hpp"
#include "simulator/material.hpp"
#include "simulator/street.hpp"

namespace colonnade::simulator {

class Ground {
 public:
  /// `sensor_height`: metres of the sensor over the ground.
  Ground(const Street& street, double sensor_height, const SceneDistribution& distribution,
         Draw& draw);

  /// Metres, sensor frame, kerbs included.
  double height(double x, double y) const noexcept { return smooth(x, y) + kerb(x, y); }
  /// Without kerbs: continuous.
  double smooth(double x, double y) const noexcept;
  /// Steps between the road and what's beside it.
  double kerb(double x, double y) const noexcept;
  Material material(double x, double y) const noexcept;
  /// What's shorter than the table's cells: metres over `height`, some millimetres on roads.
  double bump(double x, double y, Material material) const noexcept;
  double grass_height() const noexcept { return grass_height_; }

 private:
  struct GradeBreak {
    double cos, sin, distance, curve;
  };
  struct Wave {
    double amplitude, kx, ky, phase;
  };
  struct Side {  ///< Left or right of the road.
    double kerb = 0, bank = 0, bank_width = 1;
    double edge = 0;  ///< Metres up where the pavement ends.
    bool grass = false;
  };

  double exact(double x, double y) const noexcept;
  double waves(double x, double y) const noexcept;
  void tabulate();

  Street street_;
  double height_, slope_x_, slope_y_, curve_x_, curve_y_, grass_height_ = 0;
  std::array<GradeBreak, 2> breaks_{};
  std::array<Wave, 4> waves_{};
  double wave_at_sensor_ = 0;
  std::array<Side, 2> sides_{};        ///< Left, right.
  double crown_ = 0;                   ///< The road falls off to its sides: metres a metre.
  double strip_ = 0, strip_from_ = 0;  ///< A raised or sunk lane: metres, its edge's aside.
  bool markings_ = false;
  double road_bump_ = 0, beside_bump_ = 0, grass_bump_ = 0;  ///< Heights of `bump`.
  std::uint64_t bump_seed_ = 0;

  // `exact` costs a few sines: it's tabulated, and read with bilinear interpolation.
  double table_x_ = 0, table_y_ = 0;
  std::size_t table_rows_ = 0, table_columns_ = 0;
  std::vector<float> table_;
};

}  // namespace colonnade::simulator
