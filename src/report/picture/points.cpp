#include "report/picture/points.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "cloud/scalar.hpp"
#include "colonnade/error.hpp"
#include "report/picture/colours.hpp"

namespace colonnade {
namespace {

const PointField& required(const CloudView& cloud, const char* name) {
  if (const PointField* field = cloud.find(name)) return *field;
  throw Error(ErrorCode::invalid_argument, "picture",
              std::string("the cloud has no field '") + name + "'; expected x, y and z");
}

/// Calls f(x, y, z) for every `step`th point that the view shows. NaN is shown nowhere.
template <class F>
void for_shown(const CloudView& cloud, const Viewport& view, std::size_t step, F f) {
  if (cloud.count == 0) return;
  const PointField &fx = required(cloud, "x"), &fy = required(cloud, "y"),
                   &fz = required(cloud, "z");
  for (std::size_t i = 0; i < cloud.count; i += step) {
    const float x = load_float(cloud, i, &fx), y = load_float(cloud, i, &fy);
    if (!view.shows(x, y)) continue;
    const float z = load_float(cloud, i, &fz);
    if (std::isfinite(z)) f(x, y, z);
  }
}

/// Heights on a grid finer than the pixels, the highest kept: dots come out round and smooth.
class HeightGrid {
 public:
  static constexpr int kFine = 3;  ///< Cells a pixel, along each axis.
  static constexpr float kEmpty = -std::numeric_limits<float>::infinity();

  explicit HeightGrid(const PixelRect& plot)
      : width_(static_cast<int>(plot.right - plot.left) * kFine),
        height_(static_cast<int>(plot.bottom - plot.top) * kFine),
        cells_(static_cast<std::size_t>(width_) * static_cast<std::size_t>(height_), kEmpty) {}

  void raise(int x, int y, float z) noexcept {
    if (x < 0 || y < 0 || x >= width_ || y >= height_) return;
    float& cell = cells_[index(x, y)];
    cell = std::max(cell, z);
  }
  float at(int x, int y) const noexcept { return cells_[index(x, y)]; }
  int width() const noexcept { return width_; }
  int height() const noexcept { return height_; }

 private:
  std::size_t index(int x, int y) const noexcept {
    return static_cast<std::size_t>(y) * static_cast<std::size_t>(width_) +
           static_cast<std::size_t>(x);
  }
  int width_, height_;
  std::vector<float> cells_;
};

struct Offset {
  int x, y;
};

/// Fine cells of a dot: larger dots for thin clouds.
std::vector<Offset> dot_for(std::size_t points) {
  const double radius = points < 60'000 ? 3.0 : points < 400'000 ? 2.0 : 1.2;
  std::vector<Offset> dot;
  for (int y = -3; y <= 3; ++y)
    for (int x = -3; x <= 3; ++x)
      if (x * x + y * y <= radius * radius) dot.push_back({x, y});
  return dot;
}

void paint(Canvas& canvas, const HeightGrid& grid, const PixelRect& plot,
           const HeightScale& scale) {
  constexpr int fine = HeightGrid::kFine;
  const int left = static_cast<int>(plot.left), top = static_cast<int>(plot.top);
  for (int y = 0; y < grid.height() / fine; ++y)
    for (int x = 0; x < grid.width() / fine; ++x) {
      Colour sum{0, 0, 0, 0};
      for (int dy = 0; dy < fine; ++dy)
        for (int dx = 0; dx < fine; ++dx) {
          const float z = grid.at(x * fine + dx, y * fine + dy);
          if (z == HeightGrid::kEmpty) continue;
          const Colour c =
              height_colour((static_cast<double>(z) - scale.low) / (scale.high - scale.low));
          sum = {sum.r + c.r, sum.g + c.g, sum.b + c.b, sum.a + 1};
        }
      if (sum.a == 0) continue;
      canvas.blend(left + x, top + y,
                   {sum.r / sum.a, sum.g / sum.a, sum.b / sum.a, sum.a / (fine * fine)});
    }
}

}  // namespace

HeightScale height_scale(const CloudView& cloud, const Viewport& view) {
  constexpr std::size_t enough = 200'000;
  std::vector<double> heights;
  for_shown(cloud, view, cloud.count / enough + 1,
            [&](float, float, float z) { heights.push_back(z); });
  if (heights.empty()) return {-2, 2};
  const auto at_share = [&](double share) {
    const auto rank = static_cast<std::ptrdiff_t>(share * static_cast<double>(heights.size() - 1));
    std::nth_element(heights.begin(), heights.begin() + rank, heights.end());
    return heights[static_cast<std::size_t>(rank)];
  };
  const double low = std::floor(at_share(0.01) * 2) / 2, high = std::ceil(at_share(0.99) * 2) / 2;
  return {low, std::max(high, low + 1)};
}

std::int64_t draw_points(Canvas& canvas, const CloudView& cloud, const Viewport& view,
                         const HeightScale& scale) {
  HeightGrid grid(view.plot);
  const std::vector<Offset> dot = dot_for(cloud.count);
  std::int64_t shown = 0;
  for_shown(cloud, view, 1, [&](float x, float y, float z) {
    const Pixel p = view.at(x, y);
    const int fine_x = static_cast<int>((p.x - view.plot.left) * HeightGrid::kFine);
    const int fine_y = static_cast<int>((p.y - view.plot.top) * HeightGrid::kFine);
    for (const Offset& o : dot) grid.raise(fine_x + o.x, fine_y + o.y, z);
    ++shown;
  });
  paint(canvas, grid, view.plot, scale);
  return shown;
}

}  // namespace colonnade
