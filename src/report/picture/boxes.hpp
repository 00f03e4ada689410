// Boxes seen from above, with heading and, where there is room, score.
#pragma once

#include <array>
#include <span>

#include "colonnade/box.hpp"
#include "report/picture/canvas.hpp"
#include "report/picture/viewport.hpp"

namespace colonnade {

/// Corners of the box's footprint in metres: front left, rear left, rear right, front right.
std::array<std::array<double, 2>, 4> footprint(const Box& box) noexcept;

/// The best are painted last; scores keep off `words`. Boxes with a value that isn't finite are
/// left out.
void draw_boxes(Canvas& canvas, std::span<const Box> boxes, const Viewport& view,
                std::span<const PixelRect> words);

}  // namespace colonnade
