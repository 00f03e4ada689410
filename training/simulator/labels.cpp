#include "simulator/labels.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <span>

namespace colonnade::simulator {
namespace {

constexpr std::string_view kDifficulties[] = {"easy", "moderate", "hard", "none"};

/// KITTI's rule (object devkit): height in the image, occlusion level, truncation.
Difficulty difficulty_of(double pixels, int occlusion, double truncation) noexcept {
  if (pixels >= 40 && occlusion <= 0 && truncation <= .15) return Difficulty::easy;
  if (pixels >= 25 && occlusion <= 1 && truncation <= .3) return Difficulty::moderate;
  if (pixels >= 25 && occlusion <= 2 && truncation <= .5) return Difficulty::hard;
  return Difficulty::none;
}

std::string row(const std::string& key, std::span<const double> values) {
  std::string line = key + ":";
  for (const double v : values) fmt::format_to(std::back_inserter(line), " {:.12e}", v);
  return line + "\n";
}

}  // namespace

int occlusion_level(double occlusion) noexcept {
  return occlusion <= .2 ? 0 : occlusion <= .55 ? 1 : occlusion <= .85 ? 2 : 3;
}

std::vector<Label> make_labels(const Scene& scene, const CastResult& cast,
                               const std::vector<std::uint32_t>& object_points,
                               const Camera& camera) {
  std::vector<Label> labels;
  for (std::size_t i = 0; i < scene.objects.size(); ++i) {
    if (object_points[i] == 0) continue;
    Label label;
    label.kind = scene.objects[i].kind;
    label.box = scene.objects[i].box;
    label.points = object_points[i];
    const double all = cast.silhouettes[i], left = cast.visible[i];
    label.occlusion = std::clamp(1 - left / std::max(all, 1.0), 0.0, 1.0);
    const KittiBox box = kitti_box(label.box, camera.calib);
    const ImageBox whole = surrounding(box, camera.calib), seen = clipped(whole, camera.image);
    label.in_image = seen.seen();
    label.truncation = whole.seen() ? 1 - seen.area() / whole.area() : 1;
    label.difficulty =
        difficulty_of(seen.bottom - seen.top, occlusion_level(label.occlusion), label.truncation);
    labels.push_back(label);
  }
  return labels;
}

std::string kitti_label_text(const std::vector<Label>& labels, const Camera& camera) {
  std::string out;
  for (const Label& label : labels) {
    if (!label.in_image) continue;
    const KittiBox box = kitti_box(label.box, camera.calib);
    const ImageBox seen = clipped(surrounding(box, camera.calib), camera.image);
    fmt::format_to(std::back_inserter(out),
                   "{} {:.2f} {} {:.2f} {:.2f} {:.2f} {:.2f} {:.2f} {:.2f} {:.2f} {:.2f} {:.2f} "
                   "{:.2f} {:.2f} {:.2f}\n",
                   kClassNames[static_cast<std::size_t>(label.kind)], label.truncation,
                   occlusion_level(label.occlusion), box.alpha(), seen.left, seen.top, seen.right,
                   seen.bottom, box.height, box.width, box.length, box.bottom[0], box.bottom[1],
                   box.bottom[2], box.rotation_y);
  }
  return out;
}

std::string lidar_label_text(const std::vector<Label>& labels) {
  std::string out = "# x y z dx dy dz heading class occlusion truncation points difficulty\n";
  for (const Label& label : labels) {
    const Box& b = label.box;
    fmt::format_to(std::back_inserter(out),
                   "{:.3f} {:.3f} {:.3f} {:.3f} {:.3f} {:.3f} {:.4f} {} {:.3f} {:.3f} {} {}\n", b.x,
                   b.y, b.z, b.length, b.width, b.height, b.yaw,
                   kClassNames[static_cast<std::size_t>(label.kind)], label.occlusion,
                   label.truncation, label.points,
                   kDifficulties[static_cast<std::size_t>(label.difficulty)]);
  }
  return out;
}

std::string calib_text(const Camera& camera) {
  // P0, P1 and P3 are the other cameras of KITTI's car: readers expect them.
  std::string out;
  for (const char* key : {"P0", "P1", "P2", "P3"}) out += row(key, camera.calib.p2);
  out += row("R0_rect", camera.calib.r0_rect);
  out += row("Tr_velo_to_cam", camera.calib.tr_velo_to_cam);
  constexpr double identity[] = {1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0};
  return out + row("Tr_imu_to_velo", identity);
}

}  // namespace colonnade::simulator
