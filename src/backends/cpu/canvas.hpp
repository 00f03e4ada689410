// A BEV map that stays zero except where pillars stand: each frame takes the last one's away.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "frame/pillars.hpp"
#include "kernels/strides.hpp"

namespace colonnade::cpu {

class Canvas {
 public:
  /// A zeroed [1, C, H, W] map with these strides at `data`, of which C moves by 1 or H * W.
  Canvas() = default;
  Canvas(float* data, const Shape& shape, const Strides& strides);

  /// Takes away what `put` wrote since the last clear, or everything after `mark_dense`.
  void clear();
  /// Writes C features into a cell inside of the map; what lay there is replaced.
  void put(std::int64_t iy, std::int64_t ix, const float* features);
  /// Something else wrote all over the map.
  void mark_dense() { dense_ = true; }
  bool is_dense() const { return dense_; }

  /// As put, of features that lie `step` apart, but nothing is noted: threads may write different
  /// cells at once. `hold` or `mark_dense` tells afterwards what is there.
  void write(std::int64_t iy, std::int64_t ix, const float* features, std::int64_t step);
  /// All cells but these are zero.
  void hold(std::span<const PillarCell> cells);

 private:
  std::int64_t offset(std::int64_t iy, std::int64_t ix) const {
    return iy * by_row_ + ix * by_column_;
  }

  float* data_ = nullptr;
  std::int64_t channels_ = 0, size_ = 0;
  std::int64_t by_channel_ = 0, by_row_ = 0, by_column_ = 0;
  std::vector<std::int64_t> occupied_;  ///< Offsets of cells.
  bool dense_ = false;
};

}  // namespace colonnade::cpu
