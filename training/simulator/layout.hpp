// Furnishes a street: what stands where, drawn from the distribution.
#pragma once

#include "simulator/site.hpp"

namespace colonnade::simulator {

/// Cars, vans, lorries and buses: parked rows, traffic, car parks. layout_vehicles.cpp
void place_vehicles(Site& site);
/// Pedestrians and cyclists. layout_people.cpp
void place_people(Site& site);
/// Houses, barriers, plants, poles and what looks like people. layout_surroundings.cpp
void place_surroundings(Site& site);

}  // namespace colonnade::simulator
