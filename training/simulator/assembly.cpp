#include "simulator/assembly.hpp"

#include <utility>

namespace colonnade::simulator {

Face face(Vec direction, Vec point, Material material, Pane pane) noexcept {
  const Vec normal = 1 / length(direction) * direction;
  return {normal, dot(normal, point), material, pane};
}

Assembly::Assembly(Scene& scene, const Pose& pose, int object) noexcept
    : scene_(scene), pose_(pose), object_(object) {
  const SinCos turn = sin_cos(pose.yaw);
  cos_ = turn.cos, sin_ = turn.sin;
}

Vec Assembly::to_world(Vec p) const noexcept {
  return pose_.at + Vec{cos_ * p.x - sin_ * p.y, sin_ * p.x + cos_ * p.y, p.z};
}

void Assembly::convex(const std::vector<Face>& faces, Vec low, Vec high, double reflectance,
                      Skin skin, double porosity) {
  Convex body;
  body.origin = pose_.at;
  body.cos = cos_, body.sin = sin_;
  body.low = low, body.high = high;
  body.first_face = scene_.faces.size();
  body.faces = faces.size();
  body.porosity = porosity;
  body.skin = std::move(skin);
  for (Face f : faces) {
    f.normal = {cos_ * f.normal.x - sin_ * f.normal.y, sin_ * f.normal.x + cos_ * f.normal.y,
                f.normal.z};
    f.offset += dot(f.normal, pose_.at);
    scene_.faces.push_back(f);
  }
  scene_.parts.push_back({std::move(body), object_, reflectance});
}

void Assembly::box(Vec base, Vec size, Material material, double reflectance, Skin skin,
                   double porosity, double turn) {
  const double x = size.x / 2, y = size.y / 2;
  const std::vector<Face> faces = {
      face({1, 0, 0}, {x, 0, 0}, material),      face({-1, 0, 0}, {-x, 0, 0}, material),
      face({0, 1, 0}, {0, y, 0}, material),      face({0, -1, 0}, {0, -y, 0}, material),
      face({0, 0, 1}, {0, 0, size.z}, material), face({0, 0, -1}, {0, 0, 0}, material)};
  Assembly own(scene_, {to_world(base), pose_.yaw + turn}, object_);
  own.convex(faces, {-x, -y, 0}, {x, y, size.z}, reflectance, std::move(skin), porosity);
}

void Assembly::wheel(Vec hub, double radius, double width, double reflectance) {
  std::vector<Face> faces;
  for (int k = 0; k < 8; ++k) {
    const SinCos a = sin_cos(k * kPi / 4);
    faces.push_back(face({a.cos, 0, a.sin}, hub + radius * Vec{a.cos, 0, a.sin}, Material::tyre));
  }
  const Vec half{1.09 * radius, width / 2, 1.09 * radius};
  faces.push_back(face({0, 1, 0}, hub + half, Material::tyre));
  faces.push_back(face({0, -1, 0}, hub - half, Material::tyre));
  convex(faces, hub - half, hub + half, reflectance);
}

void Assembly::capsule(Vec a, Vec b, double radius, Material material, double reflectance) {
  scene_.parts.push_back(
      {Capsule{to_world(a), to_world(b), radius, material}, object_, reflectance});
}

void Assembly::foliage(Vec centre, Vec radii, double mean_path, double reflectance) {
  scene_.parts.push_back({Foliage{to_world(centre), radii, mean_path}, object_, reflectance});
}

}  // namespace colonnade::simulator
