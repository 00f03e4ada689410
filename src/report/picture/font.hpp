// Text in Colonnade's own stroke font: clear at 9 pixels, clean at 90.
#pragma once

#include <string>
#include <string_view>

#include "report/picture/canvas.hpp"

namespace colonnade {

enum class TextAlign { left, centre, right };

struct TextStyle {
  double size = 11;  ///< Height of a capital, pixels.
  Colour colour;
  TextAlign align = TextAlign::left;
  double weight = 1;  ///< Times the regular stroke width.
  double halo = 0;    ///< Pixels of `halo_colour` around the strokes.
  Colour halo_colour = {};
  double degrees = 0;  ///< Counter-clockwise about the anchor.
};

/// Pixels from the first stroke's left to the last stroke's right. Text is UTF-8.
double text_width(std::string_view text, double size);

/// The anchor lies on the baseline, at the text's left, centre or right.
void draw_text(Canvas& canvas, Pixel anchor, std::string_view text, const TextStyle& style);

/// The text, its middle cut to "…" where it wouldn't fit: a path's start and end both tell.
std::string fitted(std::string_view text, double size, double width);

}  // namespace colonnade
