// Vans, lorries and buses: what a detector of cars must not take for cars.
#include "simulator/objects.hpp"

namespace colonnade::simulator {
namespace {

double draw_coat(Draw& draw) {
  return draw.chance(.5) ? draw.uniform(.3, .5) : draw.uniform(0, .3);
}

/// A body of one piece from the road to the roof, its windscreen leaning by `lean` metres.
std::vector<Face> shell(Vec size, double clearance, double sill, double lean) {
  const double front = size.x / 2, side = size.y / 2;
  std::vector<Face> faces = {
      face({0, 0, 1}, {0, 0, size.z}, Material::paint),
      face({0, 0, -1}, {0, 0, clearance}, Material::plastic),
      face({1, 0, 0}, {front, 0, 0}, Material::paint),
      face({-1, 0, 0}, {-front, 0, 0}, Material::paint, Pane::rear),
      face({size.z - sill, 0, lean}, {front - .1, 0, sill}, Material::paint, Pane::windscreen)};
  for (const double s : {-1.0, 1.0}) {
    faces.push_back(face({0, s, .05}, {0, s * side, .8}, Material::paint, Pane::side));
    for (const double end : {-1.0, 1.0}) {  // Rounded corners.
      faces.push_back(face({end, s, 0}, {end * (front - .12), s * side, 0}, Material::paint));
    }
  }
  return faces;
}

void add_wheels(Assembly& vehicle, Vec size, double radius, Draw& draw) {
  for (const double s : {-1.0, 1.0}) {
    for (const double axle : {.32 * size.x, -.32 * size.x}) {
      vehicle.wheel({axle, s * (size.y / 2 - .14), radius}, radius, .24, draw.uniform(.02, .2));
    }
  }
}

Glazing draw_windows(Vec size, double sill, double roof, Draw& draw) {
  Glazing windows;
  windows.sill = sill;
  windows.roof = roof;
  windows.pillars = {draw.uniform(0, 1), 0};
  windows.pillars[1] = windows.pillars[0] - 1;
  windows.half_width = size.y / 2 - .15;
  windows.returned = draw.uniform(.05, .4);
  windows.passed = .3;
  return windows;
}

}  // namespace

bool add_van(Site& site, double x, double y, double yaw) {
  Draw& draw = site.draw;
  const Vec size{draw.uniform(4.6, 6.2), draw.uniform(1.85, 2.1), draw.uniform(1.9, 2.6)};
  if (!site.footprints.take({x, y, size.x, size.y, yaw}, .2)) return false;
  const Pose pose{site.on_ground(x, y), yaw};
  Assembly van(site.scene, pose, site.label(ObjectClass::van, pose, size));
  const double coat = draw_coat(draw), lean = draw.uniform(.4, .9);
  Skin skin;  // A panel van has no windows behind the driver; these few don't change its shape.
  if (draw.chance(.45)) skin = draw_windows(size, 1.15, .85 * size.z, draw);
  van.convex(shell(size, .25, 1.1, lean), {-size.x / 2, -size.y / 2, .25},
             {size.x / 2, size.y / 2, size.z}, coat, skin);
  add_wheels(van, size, .33, draw);
  return true;
}

bool add_lorry(Site& site, double x, double y, double yaw) {
  Draw& draw = site.draw;
  const Vec size{draw.uniform(6, 14), draw.uniform(2.2, 2.55), draw.uniform(2.6, 3.8)};
  if (!site.footprints.take({x, y, size.x, size.y, yaw}, .2)) return false;
  const Pose pose{site.on_ground(x, y), yaw};
  Assembly lorry(site.scene, pose, site.label(ObjectClass::truck, pose, size));
  const double cab = draw.uniform(1.8, 2.4), cab_height = size.z * draw.uniform(.75, .95);
  const double front = size.x / 2, bed = draw.uniform(.9, 1.2);
  const double coat = draw_coat(draw), cargo = draw_coat(draw);
  const Vec cab_size{cab, size.y - .1, cab_height};
  Assembly cabin(site.scene, {lorry.to_world({front - cab / 2, 0, 0}), yaw},
                 static_cast<int>(site.scene.objects.size()) - 1);
  cabin.convex(shell(cab_size, .45, 1.4, .25), {-cab / 2, -size.y / 2, .45},
               {cab / 2, size.y / 2, cab_height}, coat,
               draw_windows(cab_size, 1.5, cab_height - .3, draw));
  const double box = size.x - cab - .3;
  if (draw.chance(.8)) {
    lorry.box({-front + box / 2, 0, bed}, {box, size.y, size.z - bed}, Material::paint, cargo);
  } else {  // An open bed.
    lorry.box({-front + box / 2, 0, bed}, {box, size.y, .6}, Material::metal, cargo);
  }
  lorry.box({0, 0, .5}, {size.x - .6, 1, bed - .5}, Material::metal, .1);
  add_wheels(lorry, size, .48, draw);
  return true;
}

bool add_bus(Site& site, double x, double y, double yaw) {
  Draw& draw = site.draw;
  const Vec size{draw.uniform(8.5, 13), draw.uniform(2.4, 2.55), draw.uniform(2.8, 3.3)};
  if (!site.footprints.take({x, y, size.x, size.y, yaw}, .2)) return false;
  const Pose pose{site.on_ground(x, y), yaw};
  Assembly bus(site.scene, pose, site.label(ObjectClass::truck, pose, size));
  const double coat = draw_coat(draw);
  bus.convex(shell(size, .3, 1, .12), {-size.x / 2, -size.y / 2, .3},
             {size.x / 2, size.y / 2, size.z}, coat, draw_windows(size, 1.1, size.z - .5, draw));
  add_wheels(bus, size, .45, draw);
  return true;
}

}  // namespace colonnade::simulator
