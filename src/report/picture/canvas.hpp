// An RGB image and the few anti-aliased shapes that the picture is made of.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace colonnade {

/// Components in [0, 1], sRGB-encoded; `a` is opacity.
struct Colour {
  float r = 0, g = 0, b = 0, a = 1;
};

/// Pixels, y down; the centre of the first pixel is (0.5, 0.5).
struct Pixel {
  double x = 0, y = 0;
};

struct PixelRect {
  double left = 0, top = 0, right = 0, bottom = 0;
};

struct Segment {
  Pixel from, to;
};

/// Every shape is painted once per pixel with the share of the pixel that it covers, estimated from
/// the distance to the shape's border: crossing strokes of one call don't add up.
class Canvas {
 public:
  Canvas(int width, int height, Colour background);

  int width() const noexcept { return width_; }
  int height() const noexcept { return height_; }

  /// Nothing is painted outside of it until the next call.
  void clip(const PixelRect& rect) noexcept;
  void clip_nothing() noexcept;

  /// Round-ended strokes.
  void stroke(std::span<const Segment> segments, double width, Colour colour);
  void line(Pixel from, Pixel to, double width, Colour colour);
  void ring(Pixel centre, double radius, double width, Colour colour);
  void disc(Pixel centre, double radius, Colour colour);
  /// Corners in either direction of turning.
  void convex(std::span<const Pixel> corners, Colour colour);
  void outline(std::span<const Pixel> corners, double width, Colour colour);
  void rect(const PixelRect& rect, Colour colour);

  void blend(int x, int y, Colour colour, double coverage = 1) noexcept;

  /// Rows from the top, three bytes a pixel.
  std::span<const std::uint8_t> bytes() const noexcept { return bytes_; }

 private:
  template <class Coverage>
  void paint(const PixelRect& bounds, Colour colour, Coverage coverage);

  int width_, height_;
  int clip_left_ = 0, clip_top_ = 0, clip_right_, clip_bottom_;
  std::vector<std::uint8_t> bytes_;
};

/// Writes the canvas as PNG. Error(io) names the path.
void write_png(const Canvas& canvas, const std::string& path);

}  // namespace colonnade
