// The picture's colours: one dark theme, a ramp for heights, a palette for classes.
#pragma once

#include <cstdint>

#include "report/picture/canvas.hpp"

namespace colonnade {

/// 0xRRGGBB.
constexpr Colour rgb(std::uint32_t hex, float opacity = 1) noexcept {
  return {static_cast<float>(hex >> 16 & 255) / 255.0F, static_cast<float>(hex >> 8 & 255) / 255.0F,
          static_cast<float>(hex & 255) / 255.0F, opacity};
}

namespace theme {
inline constexpr Colour page = rgb(0x12171e);
inline constexpr Colour plot = rgb(0x0a0e13);
inline constexpr Colour frame = rgb(0x3a4653);
inline constexpr Colour ring = rgb(0x2a3542);
inline constexpr Colour faint = rgb(0x6f7d8c);
inline constexpr Colour quiet = rgb(0xa3b0bd);
inline constexpr Colour text = rgb(0xedf2f7);
inline constexpr Colour stamp = rgb(0xff6b62);
}  // namespace theme

/// Colour of a height, 0 the lowest, 1 the highest: lightness rises evenly (OKLab) from blue over
/// teal to pale green, so that it reads in grey print and to colour-blind eyes, and leaves the warm
/// colours to the boxes.
Colour height_colour(double share) noexcept;

/// Colour of a class; repeats after the palette's end.
Colour class_colour(std::int32_t label) noexcept;

}  // namespace colonnade
