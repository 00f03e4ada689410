// What lies under and around the points: range rings, axes, scale bar, the sensor.
#pragma once

#include <vector>

#include "report/picture/canvas.hpp"
#include "report/picture/viewport.hpp"

namespace colonnade {

/// Rings around the sensor and the outline of the model's range.
void draw_rings(Canvas& canvas, const Viewport& view, const PictureRange& model_range);

/// The rings' distances; over the points, under the boxes. Answers where they stand.
std::vector<PixelRect> draw_ring_labels(Canvas& canvas, const Viewport& view);

/// The sensor with its x and y axes, if it's in view.
void draw_sensor(Canvas& canvas, const Viewport& view);

/// Frame, ticks in metres, axis names and scale bar.
void draw_axes(Canvas& canvas, const Viewport& view);

}  // namespace colonnade
