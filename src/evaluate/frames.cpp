#include "evaluate/frames.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "colonnade/error.hpp"

namespace colonnade {
namespace {

namespace fs = std::filesystem;

constexpr double kPi = 3.14159265358979323846;

/// Objects, regions apart, and how many of them have a box in the image.
struct ImageBoxes {
  std::size_t objects = 0, seen = 0;
};

ImageBoxes image_boxes(const Frames<KittiObject>& frames) noexcept {
  ImageBoxes count;
  for (const auto& [name, objects] : frames) {
    for (const KittiObject& object : objects) {
      if (object.is_region()) continue;
      ++count.objects;
      count.seen += object.image.seen() ? 1 : 0;
    }
  }
  return count;
}

Box box_of(const LidarObject& object) noexcept {
  Box box;
  box.x = static_cast<float>(object.x);
  box.y = static_cast<float>(object.y);
  box.z = static_cast<float>(object.z);
  box.length = static_cast<float>(object.length);
  box.width = static_cast<float>(object.width);
  box.height = static_cast<float>(object.height);
  box.yaw = static_cast<float>(object.yaw);
  return box;
}

constexpr const char* kInTheLidarFrame = "--lidar evaluates in the LiDAR's frame without a camera";

}  // namespace

Calibrations::Calibrations(std::string path) : path_(std::move(path)) {
  if (!fs::is_directory(path_)) one_ = read_kitti_calib(path_);
}

KittiCalib Calibrations::of(const std::string& frame) const {
  const std::string file = (fs::path(path_) / (frame + ".txt")).string();
  const KittiCalib calib = one_ ? *one_ : read_kitti_calib(file);
  if (!std::isfinite(calib.to_lidar({0, 0, 1})[0])) {
    throw Error(ErrorCode::format, one_ ? path_ : file,
                "its Tr_velo_to_cam and R0_rect can't be inverted");
  }
  return calib;
}

KittiObject kitti_object(const LidarObject& object, const KittiCalib& calib,
                         const ImageSize& image) {
  KittiObject out;
  out.type = object.label;
  out.box = kitti_box(box_of(object), calib);
  out.alpha = out.box.alpha();
  out.image = clipped(surrounding(out.box, calib), image);
  out.score = object.score;
  return out;
}

LidarObject lidar_object(const KittiObject& object, const KittiCalib& calib) {
  LidarObject out;
  out.label = object.type;
  const std::array<double, 3> bottom = calib.to_lidar(object.box.bottom);
  out.x = bottom[0];
  out.y = bottom[1];
  out.z = bottom[2] + object.box.height / 2;
  out.length = object.box.length;
  out.width = object.box.width;
  out.height = object.box.height;
  // The nominal rule, tilt of the camera included: kitti_box() has the reason.
  out.yaw = std::remainder(-object.box.rotation_y - kPi / 2, 2 * kPi);
  out.score = object.score;
  return out;
}

void to_kitti(ObjectSet& predictions, const ObjectSet& labels, const Calibrations* calib,
              const ImageSize& image) {
  if (labels.format != ObjectFormat::kitti) {
    throw Error(ErrorCode::invalid_argument, labels.path,
                fmt::format("KITTI's protocol needs labels in KITTI's form, which have a box in "
                            "the image; {}",
                            kInTheLidarFrame));
  }
  const ImageBoxes labelled = image_boxes(labels.kitti);
  if (labelled.objects > 0 && labelled.seen == 0) {
    throw Error(ErrorCode::invalid_argument, labels.path,
                fmt::format("none of its {} labels has a box in the image, by whose height KITTI's "
                            "protocol tells what counts; {}",
                            labelled.objects, kInTheLidarFrame));
  }
  const ImageBoxes predicted = image_boxes(predictions.kitti);
  const bool none_seen = predicted.objects > 0 && predicted.seen == 0;
  if (calib == nullptr) {
    if (predictions.format == ObjectFormat::kitti && !none_seen) return;
    throw Error(ErrorCode::invalid_argument, predictions.path,
                fmt::format("its predictions have no boxes in the image; --calib DIR, KITTI's "
                            "calibrations, makes them, and {}",
                            kInTheLidarFrame));
  }
  for (auto& [name, objects] : predictions.kitti) {
    const bool all = std::all_of(objects.begin(), objects.end(),
                                 [](const KittiObject& o) { return o.image.seen(); });
    if (all) continue;
    const KittiCalib of_frame = calib->of(name);
    for (KittiObject& object : objects) {
      if (!object.image.seen()) object.image = clipped(surrounding(object.box, of_frame), image);
      if (object.alpha == -10) object.alpha = object.box.alpha();
    }
  }
  for (const auto& [name, objects] : predictions.lidar) {
    // What has no labels is left out and needs no calibration.
    std::vector<KittiObject>& converted = predictions.kitti[name];
    if (objects.empty() || labels.kitti.find(name) == labels.kitti.end()) continue;
    const KittiCalib of_frame = calib->of(name);
    for (const LidarObject& object : objects) {
      converted.push_back(kitti_object(object, of_frame, image));
    }
  }
  predictions.lidar.clear();
}

std::size_t to_lidar(ObjectSet& set, const ObjectSet& other, const Calibrations* calib) {
  if (set.format != ObjectFormat::kitti) return 0;
  if (calib == nullptr && other.format != ObjectFormat::kitti) {
    throw Error(ErrorCode::invalid_argument, set.path,
                fmt::format("it is in KITTI's camera frame and {} in the LiDAR's; --calib DIR "
                            "brings them together",
                            other.path));
  }
  std::size_t regions = 0;
  for (const auto& [name, objects] : set.kitti) {
    std::vector<LidarObject>& converted = set.lidar[name];
    if (objects.empty()) continue;
    const KittiCalib of_frame = calib != nullptr ? calib->of(name) : nominal_kitti_calib();
    for (const KittiObject& object : objects) {
      if (object.is_region()) {
        ++regions;
      } else {
        converted.push_back(lidar_object(object, of_frame));
      }
    }
  }
  set.kitti.clear();
  return regions;
}

}  // namespace colonnade
