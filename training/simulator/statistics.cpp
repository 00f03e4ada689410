#include "simulator/statistics.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <limits>
#include <unordered_map>
#include <utility>

namespace colonnade::simulator {
namespace {

constexpr double kNothing = std::numeric_limits<double>::quiet_NaN();

struct Point {
  double x, y, z, intensity, range;  ///< Range in the plan.
};

struct Band {
  double from, to;
  bool holds(double v) const noexcept { return v >= from && v < to; }
};
constexpr Band kRanges[] = {{0, 10}, {10, 20}, {20, 30}, {30, 40}, {40, 50}, {50, 70}, {70, 130}};
constexpr Band kGroundRanges[] = {{5, 10}, {10, 20}, {20, 30}, {30, 50}};

double share(double part, double whole) noexcept {
  return whole > 0 ? 100 * part / whole : kNothing;
}
double mean(double sum, double count) noexcept {
  return count > 0 ? sum / count : kNothing;
}

std::string band_name(const std::string& what, const Band& band) {
  return fmt::format("{} {:g} to {:g} m", what, band.from, band.to);
}

class Figures {
 public:
  explicit Figures(std::vector<Point> points) : points_(std::move(points)) {}

  std::vector<Figure> all() && {
    where();
    pillars();
    heights();
    intensities();
    ground_cells();
    rings();
    return std::move(out_);
  }

 private:
  void add(std::string name, double value) { out_.push_back({std::move(name), value}); }
  template <typename F>
  double count(F&& f) const {
    return static_cast<double>(std::count_if(points_.begin(), points_.end(), f));
  }

  void where() {
    add("points", static_cast<double>(points_.size()));
    for (const Band& band : kRanges) {
      add(band_name("points,", band), count([&](const Point& p) { return band.holds(p.range); }));
    }
    // Elevations: which beams the points come from.
    for (const Band& band : {Band{0, 90}, {-2, 0}, {-4, -2}, {-8, -4}, {-12, -8}, {-16, -12}}) {
      const double low = std::tan(band.from * 0.0174532925199433),
                   high = std::tan(std::min(band.to, 89.0) * 0.0174532925199433);
      add(fmt::format("points, elevation {:g} to {:g} degrees", band.from, band.to),
          count([&](const Point& p) { return p.z >= low * p.range && p.z < high * p.range; }));
    }
  }

  /// KITTI's grid: 0.16 m, 69.12 m ahead, 39.68 m to each side, z from -3 to 1 m.
  void pillars() {
    struct Pillar {
      int points = 0;
      double range = 0, low = 1e9, high = -1e9;
    };
    std::unordered_map<int, Pillar> pillars;
    for (const Point& p : points_) {
      if (p.x < 0 || p.x >= 69.12 || std::abs(p.y) >= 39.68 || p.z < -3 || p.z >= 1) continue;
      Pillar& pillar =
          pillars[static_cast<int>(p.x / .16) * 496 + static_cast<int>((p.y + 39.68) / .16)];
      ++pillar.points;
      pillar.range = p.range;
      pillar.low = std::min(pillar.low, p.z);
      pillar.high = std::max(pillar.high, p.z);
    }
    double points = 0, over = 0, tall = 0;
    std::array<double, std::size(kRanges)> by_range{};
    for (const auto& [key, pillar] : pillars) {
      points += pillar.points;
      over += pillar.points > 32 ? 1 : 0;
      tall += pillar.high - pillar.low > .4 ? 1 : 0;
      for (std::size_t i = 0; i < std::size(kRanges); ++i) {
        by_range[i] += kRanges[i].holds(pillar.range) ? 1 : 0;
      }
    }
    const auto total = static_cast<double>(pillars.size());
    add("occupied pillars", total);
    for (std::size_t i = 0; i + 1 < std::size(kRanges); ++i) {
      add(band_name("pillars,", kRanges[i]), by_range[i]);
    }
    add("points a pillar", mean(points, total));
    add("pillars over 32 points, %", share(over, total));
    add("pillars over 0.4 m tall, %", share(tall, total));
  }

  void heights() {
    const auto all = static_cast<double>(points_.size());
    for (const Band& band : {Band{-9, -2.2},
                             {-2.2, -1.9},
                             {-1.9, -1.5},
                             {-1.5, -1.2},
                             {-1.2, -.6},
                             {-.6, 0},
                             {0, 1},
                             {1, 9}}) {
      add(fmt::format("z {:g} to {:g} m, %", band.from, band.to),
          share(count([&](const Point& p) { return band.holds(p.z); }), all));
    }
  }

  void intensities() {
    const auto all = static_cast<double>(points_.size());
    double sum = 0;
    for (const Point& p : points_) sum += p.intensity;
    add("intensity, mean", mean(sum, all));
    add("intensity 0, %", share(count([](const Point& p) { return p.intensity < .002; }), all));
    for (const Band& band :
         {Band{.002, .1}, {.1, .2}, {.2, .3}, {.3, .4}, {.4, .6}, {.6, .9}, {.9, 1.1}}) {
      add(fmt::format("intensity {:g} to {:g}, %", band.from, band.to),
          share(count([&](const Point& p) { return band.holds(p.intensity); }), all));
    }
    const auto average = [&](auto&& chosen) {
      double total = 0, n = 0;
      for (const Point& p : points_) {
        if (chosen(p)) total += p.intensity, ++n;
      }
      return mean(total, n);
    };
    add("intensity, z < -1.4 m within 20 m",
        average([](const Point& p) { return p.z < -1.4 && p.range < 20; }));
    add("intensity, z < -1.2 m beyond 30 m",
        average([](const Point& p) { return p.z < -1.2 && p.range > 30; }));
    add("intensity, z > -0.5 m", average([](const Point& p) { return p.z > -.5; }));
  }

  /// Cells of 1 m whose points lie flat: how many, how high, how far from a plane.
  void ground_cells() {
    struct Cell {
      std::vector<const Point*> points;
    };
    std::unordered_map<int, Cell> cells;
    for (const Point& p : points_) {
      if (p.range > 60 || p.z > 1.5) continue;
      const int key = (static_cast<int>(p.x + 128) << 9) + static_cast<int>(p.y + 128);
      cells[key].points.push_back(&p);
    }
    std::array<double, std::size(kGroundRanges)> flat{}, height{}, residual{}, residual_cells{};
    for (auto& [key, cell] : cells) {
      if (cell.points.size() < 4) continue;
      const auto by_z = [](const Point* a, const Point* b) { return a->z < b->z; };
      const auto [low, high] = std::minmax_element(cell.points.begin(), cell.points.end(), by_z);
      if ((*high)->z - (*low)->z > .25 || (*low)->z > -.7) continue;
      for (std::size_t i = 0; i < std::size(kGroundRanges); ++i) {
        if (!kGroundRanges[i].holds((*low)->range)) continue;
        ++flat[i];
        for (const Point* p : cell.points) {
          height[i] += p->z / static_cast<double>(cell.points.size());
        }
        const double rms = plane_residual(cell.points);
        if (rms >= 0) residual[i] += rms, ++residual_cells[i];
      }
    }
    for (std::size_t i = 0; i < std::size(kGroundRanges); ++i) {
      add(band_name("flat cells of 1 m,", kGroundRanges[i]), flat[i]);
    }
    for (std::size_t i = 0; i < std::size(kGroundRanges); ++i) {
      add(band_name("their height, m,", kGroundRanges[i]), mean(height[i], flat[i]));
    }
    for (std::size_t i = 0; i < std::size(kGroundRanges); ++i) {
      add(band_name("their roughness, mm,", kGroundRanges[i]),
          1000 * mean(residual[i], residual_cells[i]));
    }
  }

  /// RMS of the heights over the best plane z = a + bx + cy; negative: too few points.
  static double plane_residual(const std::vector<const Point*>& points) {
    const auto n = static_cast<double>(points.size());
    if (points.size() < 8) return -1;
    double mx = 0, my = 0, mz = 0;
    for (const Point* p : points) mx += p->x / n, my += p->y / n, mz += p->z / n;
    double xx = 0, xy = 0, yy = 0, xz = 0, yz = 0, zz = 0;
    for (const Point* p : points) {
      const double x = p->x - mx, y = p->y - my, z = p->z - mz;
      xx += x * x, xy += x * y, yy += y * y, xz += x * z, yz += y * z, zz += z * z;
    }
    const double determinant = xx * yy - xy * xy;
    if (determinant < 1e-4 * xx * yy || xx * yy <= 0) return -1;
    const double b = (xz * yy - yz * xy) / determinant, c = (yz * xx - xz * xy) / determinant;
    return std::sqrt(std::max(0.0, zz - b * xz - c * yz) / (n - 3));
  }

  /// Neighbours within a ring: how smooth rings on the ground are, how many returns they miss.
  void rings() {
    const double step = azimuth_step();
    std::array<double, std::size(kGroundRanges)> bend{}, bends{}, present{}, missing{};
    for (std::size_t i = 2; i < points_.size(); ++i) {
      const Point &a = points_[i - 2], &b = points_[i - 1], &c = points_[i];
      if (b.z > -1.1 || std::abs(b.range - c.range) > .5) continue;
      const double gap = turn(b, c), before = turn(a, b);
      if (gap <= 0 || gap > 4.5 * step) continue;
      for (std::size_t k = 0; k < std::size(kGroundRanges); ++k) {
        if (!kGroundRanges[k].holds(b.range)) continue;
        ++present[k];
        missing[k] += std::max(0.0, std::round(gap / step) - 1);
        const bool even = gap < 1.4 * step && before > 0 && before < 1.4 * step;
        if (even && std::abs(a.range - b.range) < .5) {
          const double second = a.range - 2 * b.range + c.range;
          bend[k] += second * second;
          ++bends[k];
        }
      }
    }
    for (std::size_t k = 0; k < std::size(kGroundRanges); ++k) {
      add(band_name("ground rings' jitter, mm,", kGroundRanges[k]),
          1000 * std::sqrt(mean(bend[k], bends[k]) / 6));
    }
    for (std::size_t k = 0; k < std::size(kGroundRanges); ++k) {
      add(band_name("ground rings' missing returns, %,", kGroundRanges[k]),
          share(missing[k], missing[k] + present[k]));
    }
  }

  /// Radians from a to b, counter-clockwise, of points close to each other.
  static double turn(const Point& a, const Point& b) noexcept {
    return (a.x * b.y - a.y * b.x) / std::max(a.range * b.range, 1e-9);
  }

  double azimuth_step() const {
    std::vector<double> steps;
    for (std::size_t i = 1; i < points_.size(); ++i) {
      const double t = turn(points_[i - 1], points_[i]);
      if (t > .0005 && t < .01) steps.push_back(t);
    }
    if (steps.empty()) return .003;
    std::nth_element(steps.begin(), steps.begin() + static_cast<std::ptrdiff_t>(steps.size() / 2),
                     steps.end());
    return steps[steps.size() / 2];
  }

  std::vector<Point> points_;
  std::vector<Figure> out_;
};

struct Summary {
  double mean = kNothing, low = kNothing, high = kNothing;
};

Summary summary(const std::vector<std::vector<Figure>>& sweeps, std::size_t row) {
  double sum = 0, n = 0, low = 1e300, high = -1e300;
  for (const std::vector<Figure>& sweep : sweeps) {
    const double v = sweep[row].value;
    if (std::isnan(v)) continue;
    sum += v, ++n;
    low = std::min(low, v), high = std::max(high, v);
  }
  return n > 0 ? Summary{sum / n, low, high} : Summary{};
}

std::string number(double v) {
  if (std::isnan(v)) return "-";
  return std::abs(v) >= 100 ? fmt::format("{:.0f}", v) : fmt::format("{:.3g}", v);
}

std::string cell(const Summary& s) {
  return std::isnan(s.mean)
             ? "-"
             : fmt::format("{} ({} to {})", number(s.mean), number(s.low), number(s.high));
}

}  // namespace

std::vector<Figure> sweep_figures(std::span<const float> xyzi, double intensity_scale) {
  std::vector<Point> points;
  points.reserve(xyzi.size() / 4);
  for (std::size_t i = 0; i + 3 < xyzi.size(); i += 4) {
    const double x = xyzi[i], y = xyzi[i + 1], range = std::sqrt(x * x + y * y);
    points.push_back({x, y, xyzi[i + 2], xyzi[i + 3] / intensity_scale, range});
  }
  return Figures(std::move(points)).all();
}

std::string comparison_table(const std::vector<std::vector<Figure>>& real,
                             const std::vector<std::vector<Figure>>& simulated) {
  std::string out =
      fmt::format("| mean (least to most) | {} real | {} simulated | ratio |\n|---|---|---|---|\n",
                  real.size(), simulated.size());
  for (std::size_t row = 0; row < real.front().size(); ++row) {
    const Summary r = summary(real, row), s = summary(simulated, row);
    // Heights may be near 0 or negative: their ratio says nothing.
    const std::string& name = real.front()[row].name;
    const bool ratio = name.find("height") == std::string::npos && std::abs(r.mean) > 0;
    fmt::format_to(std::back_inserter(out), "| {} | {} | {} | {} |\n", name, cell(r), cell(s),
                   ratio ? fmt::format("{:.2f}", s.mean / r.mean) : "-");
  }
  return out;
}

}  // namespace colonnade::simulator
