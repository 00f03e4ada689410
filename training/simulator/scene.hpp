// A scene as the caster sees it: parts (convex bodies, capsules, foliage) of objects on the ground.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <variant>
#include <vector>

#include "base/vec.hpp"
#include "colonnade/box.hpp"
#include "simulator/ground.hpp"
#include "simulator/material.hpp"

namespace colonnade::simulator {

/// KITTI's classes; what has none of them isn't labelled.
enum class ObjectClass : std::uint8_t {
  car,
  van,
  truck,  ///< Buses included.
  pedestrian,
  person_sitting,
  cyclist,
  misc,  ///< Motorbikes with their riders, trailers.
};
inline constexpr std::array<std::string_view, 7> kClassNames = {
    "Car", "Van", "Truck", "Pedestrian", "Person_sitting", "Cyclist", "Misc"};

struct Object {
  ObjectClass kind = ObjectClass::car;
  Box box;  ///< Sensor frame; `label` is the class.
};

/// Which pane of a vehicle's cabin a face is.
enum class Pane : std::uint8_t { none, windscreen, rear, side };

/// A half space: inside where normal . p <= offset.
struct Face {
  Vec normal;
  double offset = 0;
  Material material = Material::paint;
  Pane pane = Pane::none;
};

/// A vehicle's windows: glass between sill and roof, frames at the pillars.
struct Glazing {
  double sill = 0, roof = 0;        ///< Metres over the object's ground.
  std::array<double, 2> pillars{};  ///< Metres along x, B and C pillar.
  double half_width = 0;
  double returned = 0.1;  ///< Share of rays that the glass itself sends back.
  double passed = 0.4;    ///< Of the others, the share that enters the cabin.
};
/// Number plates and lamps at a vehicle's ends.
struct Ends {
  double length = 0, width = 0;
  double rear_plate_height = 0.42;
};
/// Rows of windows in a wall.
struct WindowRows {
  double pitch_x = 2.5, pitch_z = 3, share = 0.4;  ///< Distances, and the width's share of one.
  double base = 1.5;                               ///< Height of the ground in the part's frame.
  double low = 1, high = 2.2;                      ///< Over each storey's floor.
  double lost = 0.6;                               ///< Share of rays that don't come back.
};
using Skin = std::variant<std::monostate, Glazing, Ends, WindowRows>;

/// A convex body in its own frame: origin on the ground, turned by yaw.
struct Convex {
  Vec origin;
  double cos = 1, sin = 0;
  Vec low, high;  ///< Bounds, own frame.
  std::size_t first_face = 0, faces = 0;
  double porosity = 0;  ///< Share of rays that pass: fences.
  Skin skin;
};
struct Capsule {
  Vec a, b;
  double radius = 0;
  Material material = Material::metal;
};
/// Leaves in an ellipsoid: a ray flies a random distance into it.
struct Foliage {
  Vec centre, radii;
  double mean_path = 0.5;  ///< Metres.
};

struct Part {
  std::variant<Convex, Capsule, Foliage> shape;
  int object = -1;           ///< Index into Scene::objects, or -1.
  double reflectance = 0.3;  ///< Of a full return; negative for dark glass.
};

struct Scene {
  Ground ground;
  std::vector<Part> parts;  ///< An object's parts follow each other.
  std::vector<Face> faces;  ///< Of convex parts, sensor frame.
  std::vector<Object> objects;
  StreetKind kind = StreetKind::residential;
};

}  // namespace colonnade::simulator
