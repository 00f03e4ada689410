#include "simulator/folder.hpp"

#include <fmt/core.h>

#include <filesystem>
#include <span>

#include "base/file.hpp"
#include "colonnade/error.hpp"
#include "report/picture.hpp"

namespace colonnade::simulator {
namespace {

std::string name_of(std::uint64_t index) {
  return fmt::format("{:06}", index);
}

}  // namespace

FrameFolder::FrameFolder(const std::string& folder, bool pictures)
    : folder_(folder), pictures_(pictures) {
  for (const char* name : {"training/velodyne", "training/calib", "training/label_2",
                           "training/label_lidar", "ImageSets"}) {
    std::error_code error;
    const std::string path = folder + "/" + name;
    std::filesystem::create_directories(path, error);
    if (error) throw Error(ErrorCode::io, path, "can't be made a folder: " + error.message());
  }
  if (pictures) std::filesystem::create_directories(folder + "/pictures");
}

void FrameFolder::write(std::uint64_t index, const Frame& frame) const {
  const std::string name = name_of(index), training = folder_ + "/training/";
  write_file(training + "velodyne/" + name + ".bin", std::as_bytes(std::span(frame.points)));
  write_file(training + "calib/" + name + ".txt", calib_text(frame.camera));
  write_file(training + "label_2/" + name + ".txt", kitti_label_text(frame.labels, frame.camera));
  write_file(training + "label_lidar/" + name + ".txt", lidar_label_text(frame.labels));
  if (pictures_) write_frame_picture(frame, name, folder_ + "/pictures/" + name + ".png");
}

void FrameFolder::write_index(std::uint64_t first, std::uint64_t count) const {
  std::string names;
  for (std::uint64_t i = first; i < first + count; ++i) names += name_of(i) + "\n";
  write_file(folder_ + "/ImageSets/train.txt", names);
}

void write_frame_picture(const Frame& frame, const std::string& title, const std::string& path) {
  PictureInput input;
  input.cloud = view_xyzi(frame.points.data(), frame.points.size() / 4);
  std::vector<Box> boxes;
  for (const Label& label : frame.labels) {
    boxes.push_back(label.box);
    boxes.back().score = static_cast<float>(1 - label.occlusion);
  }
  const std::vector<std::string> classes(kClassNames.begin(), kClassNames.end());
  input.boxes = boxes;
  input.classes = classes;
  input.range = {0, 69.12, -39.68, 39.68};
  input.file = title;
  input.model = "simulated; scores: visible share";
  write_bev_picture(input, path);
}

}  // namespace colonnade::simulator
