// The words around the plot: headline, legend, stamp.
#pragma once

#include <cstdint>

#include "report/picture/canvas.hpp"
#include "report/picture/points.hpp"
#include "report/picture/viewport.hpp"

namespace colonnade {

void draw_headline(Canvas& canvas, const PictureInput& input, const Viewport& view);

/// Height ramp, classes with their counts, points shown; in the column right of the plot.
void draw_legend(Canvas& canvas, const PictureInput& input, const Viewport& view,
                 const HeightScale& scale, std::int64_t points_shown);

void draw_stamp(Canvas& canvas, const std::string& text, const Viewport& view);

}  // namespace colonnade
