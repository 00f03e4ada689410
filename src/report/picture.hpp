// The bird's-eye picture of one frame: what a person puts into a report.
#pragma once

#include <array>
#include <span>
#include <string>

#include "colonnade/box.hpp"
#include "colonnade/cloud.hpp"
#include "colonnade/model.hpp"

namespace colonnade {

/// Metres of the cloud's frame.
struct PictureRange {
  double min_x = 0, max_x = 0, min_y = 0, max_y = 0;
};

/// The model's grid: the region in which boxes can be.
PictureRange picture_range(const GridSpec& grid) noexcept;

struct PictureInput {
  CloudView cloud;  ///< Any field types; points outside of the range aren't drawn.
  std::span<const Box> boxes;
  std::span<const std::string> classes;
  PictureRange range;
  std::string file;          ///< Headline.
  std::string model;         ///< Second line, with what follows; empty parts are left out.
  std::string backend;       ///< "cpu (AVX2), 2 threads", say.
  double milliseconds = -1;  ///< Negative: not shown.
  std::string stamp;         ///< A large warning, "random weights" say; empty: none.
  int long_side = 1400;      ///< Pixels.
};

/// x points up and y to the left, as a driver sees the road; scores stand beside boxes where there
/// is room, best first. Error: an unusable range or side, a cloud without x, y, z, or a path that
/// can't be written.
void write_bev_picture(const PictureInput& input, const std::string& png_path);

}  // namespace colonnade
