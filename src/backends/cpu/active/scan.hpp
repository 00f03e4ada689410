// Which cells of a whole BEV image hold anything, where nobody has said.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "backends/cpu/canvas.hpp"
#include "frame/pillars.hpp"
#include "kernels/strides.hpp"

#include "colonnade/executor.hpp"

namespace colonnade::cpu {

/// Brings a caller's image [1, C, H, W] onto a plan's canvas, in one pass over it by all threads,
/// and lists the cells that aren't zero. Zero is what an empty canvas holds, bit by bit: -0.0 and
/// NaN are something.
class ImageScan {
 public:
  ImageScan() = default;
  /// Allocates all that frames will need.
  explicit ImageScan(const Shape& image);

  /// `canvas` is of the same shape, channels-last, and holds the image afterwards.
  void draw(const float* image, Canvas& canvas, Executor& threads);

  /// Those of the last image, ascending, if `few`; else none.
  std::span<const PillarCell> cells() const { return cells_; }
  /// Whether computing only what they can change takes less than computing everything.
  bool few() const { return few_; }

 private:
  std::int64_t channels_ = 0, width_ = 0, all_ = 0;
  std::vector<std::int32_t> occupied_;  ///< A task's follow each other from its first cell's place.
  std::vector<std::int32_t> counts_;    ///< By task.
  std::vector<PillarCell> cells_;
  bool few_ = false;
};

/// Whether `image`, dense float32 [1, C, H, W], has few cells in that sense.
bool has_few_cells(const float* image, const Shape& shape);

}  // namespace colonnade::cpu
