// Furnishes a street: what stands where, drawn from the distribution.
#pragma once

#include "simulator/site.hpp"

namespace colonnade::simulator {

/// Reserves our own lane as far as the street's is free: where traffic is heavy one hardly sees a
/// road, and most real sweeps show a long one.
void keep_own_lane(Site& site);
/// Cars, vans, lorries and buses: parked rows, traffic, car parks. layout_vehicles.cpp
void place_vehicles(Site& site);
/// Pedestrians and cyclists. layout_people.cpp
void place_people(Site& site);
/// What stands across the end of a street that ends. layout_surroundings.cpp
void place_end(Site& site);
/// Houses, barriers, plants, poles and what looks like people. layout_surroundings.cpp
void place_surroundings(Site& site);

}  // namespace colonnade::simulator
