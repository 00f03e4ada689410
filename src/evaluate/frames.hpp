// Predictions and labels of the same frames, in one coordinate frame.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cloud/kitti_calib.hpp"
#include "evaluate/objects.hpp"
#include "evaluate/read_objects.hpp"

namespace colonnade {

/// KITTI's calibrations: a folder with one a frame, or one file for all.
class Calibrations {
 public:
  /// Error(io | format).
  explicit Calibrations(std::string path);

  /// Error(io | format): a frame has none, or a bad one.
  KittiCalib of(const std::string& frame) const;

 private:
  std::string path_;
  std::optional<KittiCalib> one_;
};

KittiObject kitti_object(const LidarObject& object, const KittiCalib& calib,
                         const ImageSize& image);
LidarObject lidar_object(const KittiObject& object, const KittiCalib& calib);

template <class Object>
struct JoinedFrames {
  std::vector<FramePair<Object>> pairs;  ///< In the order of names.
  std::vector<std::string> without_predictions, without_labels;
};

/// Matched by stem. `missing_are_empty`: a labelled frame without predictions is one in which
/// nothing was found; otherwise it is left out. Predictions without labels are always left out.
template <class Object>
JoinedFrames<Object> join_frames(Frames<Object> predictions, Frames<Object> labels,
                                 bool missing_are_empty) {
  JoinedFrames<Object> joined;
  for (auto& [name, objects] : labels) {
    const auto found = predictions.find(name);
    if (found == predictions.end()) joined.without_predictions.push_back(name);
    if (found == predictions.end() && !missing_are_empty) continue;
    joined.pairs.push_back({name, {}, std::move(objects)});
    if (found != predictions.end()) joined.pairs.back().predictions = std::move(found->second);
  }
  for (const auto& [name, objects] : predictions) {
    if (labels.find(name) == labels.end()) joined.without_labels.push_back(name);
  }
  return joined;
}

/// For KITTI's protocol. `calib` may be null where both are in KITTI's form and predictions have
/// boxes in the image; those without get theirs from it. Error(invalid_argument): labels aren't in
/// KITTI's form, nothing in them has a box in the image, or predictions need `calib`.
void to_kitti(ObjectSet& predictions, const ObjectSet& labels, const Calibrations* calib,
              const ImageSize& image);

/// For the LiDAR's frame. Regions without a box in space (DontCare) are dropped; how many is
/// returned. `calib` may be null where nothing, or everything, is in KITTI's form: then its nominal
/// axes stand in. Error(invalid_argument): only one of the two is.
std::size_t to_lidar(ObjectSet& set, const ObjectSet& other, const Calibrations* calib);

}  // namespace colonnade
