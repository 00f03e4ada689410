// Predictions and labels from files, in any of the forms that docs/commands/eval.md lists.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "evaluate/objects.hpp"

namespace colonnade {

enum class Role : std::uint8_t {
  predictions,  ///< Each object needs a score.
  labels        ///< A score is allowed and means nothing.
};

enum class ObjectFormat : std::uint8_t {
  kitti,       ///< A text a frame: type truncated occluded alpha bbox h w l x y z rotation_y score.
  lidar_text,  ///< A text a frame, OpenPCDet's custom form: x y z dx dy dz heading class score.
  json         ///< JSON lines as `detect --json` writes them, an object a frame.
};

/// One of the two maps holds the frames, as `format` says.
struct ObjectSet {
  std::string path;
  ObjectFormat format = ObjectFormat::kitti;
  Frames<KittiObject> kitti;
  Frames<LidarObject> lidar;

  std::size_t frames() const noexcept { return kitti.size() + lidar.size(); }
};

/// A folder of .txt, or of .json and .jsonl files, or one such file. The first line with anything
/// on it tells the form of all texts. Error(io | format | invalid_argument) names file and line.
ObjectSet read_objects(const std::string& path, Role role);

/// One frame's text; `path` is for errors. Lines without a word are skipped.
std::vector<KittiObject> parse_kitti_objects(std::string_view text, Role role,
                                             const std::string& path);

/// A line that begins with '#' names the columns; of those after the class `points` is read, and
/// others are allowed only where they are named.
std::vector<LidarObject> parse_lidar_objects(std::string_view text, Role role,
                                             const std::string& path);

/// Adds each line's frame. Error(format): a frame that is there already, too.
void parse_json_objects(std::string_view text, Role role, const std::string& path,
                        Frames<LidarObject>& frames);

}  // namespace colonnade
