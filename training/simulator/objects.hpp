// What stands and drives in a street, a source file a family. Places are metres in the sensor's
// frame, yaws counter-clockwise from +x. Functions that return bool put nothing down where
// something else stands.
#pragma once

#include "simulator/site.hpp"

namespace colonnade::simulator {

// objects/car.cpp
bool add_car(Site& site, double x, double y, double yaw, double margin = 0.15);

// objects/heavy_vehicle.cpp
bool add_van(Site& site, double x, double y, double yaw);
bool add_lorry(Site& site, double x, double y, double yaw);
bool add_bus(Site& site, double x, double y, double yaw);

// objects/person.cpp
bool add_pedestrian(Site& site, double x, double y, double yaw);
/// On a bench.
bool add_sitting_person(Site& site, double x, double y, double yaw);

// objects/cyclist.cpp
bool add_cyclist(Site& site, double x, double y, double yaw);
bool add_motorcyclist(Site& site, double x, double y, double yaw);
/// Without a rider: not labelled. `lean`: radians.
bool add_parked_bicycle(Site& site, double x, double y, double yaw);

// objects/plants.cpp
bool add_tree(Site& site, double x, double y);
bool add_bush(Site& site, double x, double y, double size);
/// Slender, clipped or wild: a thuja, a young tree in its guard.
bool add_shrub(Site& site, double x, double y);
/// A wood's edge far off: foliage without trunks.
void add_far_foliage(Site& site, double x, double y);

// objects/barriers.cpp: along the road at a distance from its middle
enum class Barrier { fence, hedge, wall, guard_rail };
void add_barrier(Site& site, Barrier kind, double from_x, double to_x, double aside);

// objects/buildings.cpp
/// `front`: the side (1: left of the heading, -1: right) that faces a road.
bool add_house(Site& site, double x, double y, double yaw, Vec size, double front);
/// Windowless, anywhere.
void add_far_block(Site& site, double x, double y, double yaw, Vec size);

// objects/furniture.cpp
bool add_pole(Site& site, double x, double y);
bool add_bollard(Site& site, double x, double y, double height);
/// Bins, cabinets, boxes.
bool add_box(Site& site, double x, double y, double yaw);
bool add_scaffold(Site& site, double x, double y, double yaw);

}  // namespace colonnade::simulator
