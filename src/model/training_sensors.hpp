// The sensors of the data sets that the field trains on.
#pragma once

#include "colonnade/model.hpp"

namespace colonnade {

/// Velodyne HDL-64E, 1.73 m above the road (Geiger et al. 2013).
inline constexpr TrainingSensor kKittiSensor{-1.73F, 64};
/// Velodyne HDL-32E, 1.84 m above the road (Caesar et al. 2020).
inline constexpr TrainingSensor kNuScenesSensor{-1.84F, 32};

}  // namespace colonnade
