// What scenes are drawn from. The defaults are tuned against real sweeps (docs/simulator.md).
#pragma once

namespace colonnade::simulator {

struct SceneDistribution {
  /// Weights of the kinds of street.
  double residential = 0.44, city = 0.28, rural = 0.17, highway = 0.11;
  double relief = 1;        ///< Scales slopes, waves, kerbs and banks; 0: a flat world.
  double vehicles = 1;      ///< Scales how many cars, vans and lorries stand and drive.
  double people = 1;        ///< Scales how many pedestrians and cyclists there are.
  double surroundings = 1;  ///< Scales houses, fences, plants, poles and look-alikes; 0: none.
};

}  // namespace colonnade::simulator
