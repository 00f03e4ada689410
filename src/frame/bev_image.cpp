#include "frame/bev_image.hpp"

namespace colonnade {

Tensor dense(const BevImage& image) {
  Tensor canvas(DType::f32, Shape{1, image.channels, image.height, image.width});
  const std::int64_t plane = image.height * image.width;
  for (std::int64_t p = 0; p < image.count; ++p) {
    float* cell = canvas.as<float>() + image.cells[p].iy * image.width + image.cells[p].ix;
    for (std::int64_t c = 0; c < image.channels; ++c) {
      cell[c * plane] = image.features[p * image.channels + c];
    }
  }
  return canvas;
}

}  // namespace colonnade
