// Where metres of the ground plane land on the canvas: x up, y to the left.
#pragma once

#include "report/picture.hpp"
#include "report/picture/canvas.hpp"

namespace colonnade {

struct Viewport {
  PictureRange range;  ///< Metres that the plot shows.
  PixelRect plot;      ///< Where it stands on the canvas, whole pixels.
  double pixels_per_metre = 1;

  Pixel at(double x, double y) const noexcept {
    return {plot.left + (range.max_y - y) * pixels_per_metre,
            plot.top + (range.max_x - x) * pixels_per_metre};
  }
  bool shows(double x, double y) const noexcept {
    return x >= range.min_x && x <= range.max_x && y >= range.min_y && y <= range.max_y;
  }
};

}  // namespace colonnade
