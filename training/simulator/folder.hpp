// Frames as files, laid out as KITTI's object benchmark.
#pragma once

#include <cstdint>
#include <string>

#include "simulator/simulate.hpp"

namespace colonnade::simulator {

/// training/velodyne, calib, label_2 (KITTI's text) and label_lidar (sensor frame) under a folder.
class FrameFolder {
 public:
  /// Makes the folders. Error(io): they can't be made.
  explicit FrameFolder(const std::string& folder, bool pictures);

  /// Error(io). May be called from several threads with different indices.
  void write(std::uint64_t index, const Frame& frame) const;
  /// ImageSets/train.txt: the frames [first, first + count).
  void write_index(std::uint64_t first, std::uint64_t count) const;

 private:
  std::string folder_;
  bool pictures_;
};

/// A bird's-eye picture with the labels' boxes; a box's score is the share of it that is visible.
void write_frame_picture(const Frame& frame, const std::string& title, const std::string& path);

}  // namespace colonnade::simulator
