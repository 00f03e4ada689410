// What is known of an object in a frame, in the words of KITTI's labels.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "simulator/camera.hpp"
#include "simulator/cast.hpp"

namespace colonnade::simulator {

enum class Difficulty : std::uint8_t { easy, moderate, hard, none };

struct Label {
  ObjectClass kind = ObjectClass::car;
  Box box;                ///< Sensor frame, metres.
  double occlusion = 0;   ///< Share of the firings towards it that something else stops.
  double truncation = 0;  ///< Share of its box in the image that lies outside of the image.
  std::uint32_t points = 0;
  bool in_image = true;
  Difficulty difficulty = Difficulty::none;
};

/// KITTI's levels: 0 fully visible, 1 partly, 2 largely occluded, 3 hardly anything left.
int occlusion_level(double occlusion) noexcept;

/// Of the objects with at least one point, in the scene's order.
std::vector<Label> make_labels(const Scene& scene, const CastResult& cast,
                               const std::vector<std::uint32_t>& object_points,
                               const Camera& camera);

/// KITTI's label_2 text: those in the image, a line an object.
std::string kitti_label_text(const std::vector<Label>& labels, const Camera& camera);
/// A header and a line an object: x y z dx dy dz heading class occlusion truncation points
/// difficulty; z of the centre, lengths along the heading, across, up.
std::string lidar_label_text(const std::vector<Label>& labels);
/// KITTI's calib text of the camera.
std::string calib_text(const Camera& camera);

}  // namespace colonnade::simulator
