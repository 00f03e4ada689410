#include "report/kitti_labels.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "report/class_name.hpp"

namespace colonnade {
namespace {

/// KITTI's columns are separated by spaces.
std::string one_word(std::string name) {
  std::replace_if(
      name.begin(), name.end(), [](char c) { return c == ' ' || c == '\t' || c == '\n'; }, '_');
  return name;
}

}  // namespace

std::string kitti_labels(const Detections& detections, std::span<const std::string> classes,
                         const KittiCalib* calib, const ImageSize& image) {
  const KittiCalib axes = calib != nullptr ? *calib : nominal_kitti_calib();
  std::string out;
  for (const Box& box : detections.boxes) {
    const KittiBox label = kitti_box(box, axes);
    const ImageBox seen = calib != nullptr ? clipped(surrounding(label, axes), image) : ImageBox{};
    fmt::format_to(std::back_inserter(out),
                   "{} -1 -1 {:.4f} {:.4f} {:.4f} {:.4f} {:.4f} {:.4f} {:.4f} {:.4f} {:.4f} {:.4f} "
                   "{:.4f} {:.4f} {:.4f}\n",
                   one_word(class_name(box.label, classes)), label.alpha(), seen.left, seen.top,
                   seen.right, seen.bottom, label.height, label.width, label.length,
                   label.bottom[0], label.bottom[1], label.bottom[2], label.rotation_y, box.score);
  }
  return out;
}

}  // namespace colonnade
