#include "backends/cpu/canvas.hpp"

#include <algorithm>

namespace colonnade::cpu {

Canvas::Canvas(float* data, const Shape& shape, const Strides& strides)
    : data_(data),
      channels_(shape[1]),
      size_(shape.elements()),
      by_channel_(strides[1]),
      by_row_(strides[2]),
      by_column_(strides[3]) {
  // Every cell may be occupied one day, and a frame must not allocate.
  occupied_.reserve(static_cast<std::size_t>(shape[2] * shape[3]));
}

void Canvas::clear() {
  if (dense_) std::fill_n(data_, size_, 0.0f);
  for (const std::int64_t cell : occupied_) {
    for (std::int64_t c = 0; c < channels_; ++c) data_[cell + c * by_channel_] = 0;
  }
  occupied_.clear();
  dense_ = false;
}

void Canvas::put(std::int64_t iy, std::int64_t ix, const float* features) {
  write(iy, ix, features, 1);
  const std::int64_t cell = offset(iy, ix);
  if (occupied_.size() < occupied_.capacity()) {
    occupied_.push_back(cell);
  } else {
    dense_ = true;  // Cells were written more than once each; all of the map is.
  }
}

void Canvas::write(std::int64_t iy, std::int64_t ix, const float* features, std::int64_t step) {
  float* cell = data_ + offset(iy, ix);
  for (std::int64_t c = 0; c < channels_; ++c) cell[c * by_channel_] = features[c * step];
}

void Canvas::hold(std::span<const PillarCell> cells) {
  occupied_.clear();
  for (const PillarCell& cell : cells) occupied_.push_back(offset(cell.iy, cell.ix));
  dense_ = false;
}

}  // namespace colonnade::cpu
