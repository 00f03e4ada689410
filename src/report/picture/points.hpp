// The cloud, seen from above.
#pragma once

#include <cstdint>

#include "colonnade/cloud.hpp"
#include "report/picture/canvas.hpp"
#include "report/picture/viewport.hpp"

namespace colonnade {

struct HeightScale {
  double low = 0, high = 1;  ///< Metres at the ends of the colour ramp.
};

/// Heights that all but 1 percent of the shown points at either end keep to, at half metres.
HeightScale height_scale(const CloudView& cloud, const Viewport& view);

/// Paints each point as a dot coloured by height, the highest on top; answers how many were shown.
/// The picture doesn't depend on the points' order.
std::int64_t draw_points(Canvas& canvas, const CloudView& cloud, const Viewport& view,
                         const HeightScale& scale);

}  // namespace colonnade
