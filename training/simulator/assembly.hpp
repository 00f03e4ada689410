// Puts an object's parts together in the object's own frame: origin on the ground, x along its
// heading, y left, z up.
#pragma once

#include <initializer_list>
#include <vector>

#include "simulator/scene.hpp"

namespace colonnade::simulator {

/// The half space behind the plane through `point` whose outward direction is `direction`.
Face face(Vec direction, Vec point, Material material, Pane pane = Pane::none) noexcept;

struct Pose {
  Vec at;  ///< Sensor frame.
  double yaw = 0;
};

class Assembly {
 public:
  /// `object`: index into scene.objects, or -1 for what isn't labelled.
  Assembly(Scene& scene, const Pose& pose, int object = -1) noexcept;

  void convex(const std::vector<Face>& faces, Vec low, Vec high, double reflectance, Skin skin = {},
              double porosity = 0);
  /// `base`: middle of the bottom; turned by `turn` in the object's frame.
  void box(Vec base, Vec size, Material material, double reflectance, Skin skin = {},
           double porosity = 0, double turn = 0);
  /// Standing across y: an octagonal prism around `hub`.
  void wheel(Vec hub, double radius, double width, double reflectance);
  void capsule(Vec a, Vec b, double radius, Material material, double reflectance);
  void foliage(Vec centre, Vec radii, double mean_path, double reflectance);

  Vec to_world(Vec p) const noexcept;

 private:
  Scene& scene_;
  Pose pose_;
  double cos_, sin_;
  int object_;
};

}  // namespace colonnade::simulator
