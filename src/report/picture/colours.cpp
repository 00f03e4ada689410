#include "report/picture/colours.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace colonnade {
namespace {

float srgb_encoded(double linear) noexcept {
  const double v = std::clamp(linear, 0.0, 1.0);
  return static_cast<float>(v <= 0.0031308 ? 12.92 * v : 1.055 * std::pow(v, 1 / 2.4) - 0.055);
}

/// Ottosson, "A perceptual color space for image processing" (2020): OKLab -> linear sRGB.
Colour from_oklch(double lightness, double chroma, double hue_degrees) noexcept {
  const double hue = hue_degrees * 3.14159265358979323846 / 180;
  const double a = chroma * std::cos(hue), b = chroma * std::sin(hue);
  const double l = std::pow(lightness + 0.3963377774 * a + 0.2158037573 * b, 3);
  const double m = std::pow(lightness - 0.1055613458 * a - 0.0638541728 * b, 3);
  const double s = std::pow(lightness - 0.0894841775 * a - 1.2914855480 * b, 3);
  return {srgb_encoded(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
          srgb_encoded(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
          srgb_encoded(-0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s), 1};
}

std::array<Colour, 256> height_ramp() noexcept {
  std::array<Colour, 256> ramp;
  for (std::size_t i = 0; i < ramp.size(); ++i) {
    const double t = static_cast<double>(i) / static_cast<double>(ramp.size() - 1);
    ramp[i] = from_oklch(0.50 + 0.44 * t, 0.125 - 0.05 * t, 265 - 110 * t);
  }
  return ramp;
}

}  // namespace

Colour height_colour(double share) noexcept {
  static const std::array<Colour, 256> ramp = height_ramp();
  return ramp[static_cast<std::size_t>(std::clamp(share, 0.0, 1.0) * 255 + 0.5)];
}

Colour class_colour(std::int32_t label) noexcept {
  static constexpr std::array<std::uint32_t, 10> palette = {0xff9f1c, 0xff5d8f, 0xffe45c, 0xc792ea,
                                                            0xff5a45, 0x9be564, 0xf4b6c2, 0xd98e5f,
                                                            0x82b1ff, 0xe0e0e0};
  return rgb(palette[static_cast<std::uint32_t>(label) % palette.size()]);
}

}  // namespace colonnade
