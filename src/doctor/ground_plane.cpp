#include "doctor/ground_plane.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "base/random.hpp"

namespace colonnade {
namespace {

constexpr double kRadius = 40;       // Metres; farther ground bends away, and returns get few.
constexpr double kCell = 0.5;        // Metres. A cell votes once, however near the sensor it is.
constexpr double kThickness = 0.15;  // Metres either side of the plane that count as on it.
constexpr double kBelow = 0.3;       // Nothing real lies so far below the ground.
constexpr double kSteepest = 0.58;   // Tangent of 30 degrees.
constexpr int kTrials = 300;
constexpr std::size_t kFewestCells = 40;  // 10 m^2.
constexpr double kFewestOfAll = 0.2;  // Real streets have 0.4 of all cells on the plane, or more.
// A wall is long but low: seen from the side it's a plane of hardly a metre's deviation in height.
constexpr double kNarrowest = 1.0;

/// h = a u + b v + c over a horizontal grid.
struct Plane {
  double a = 0, b = 0, c = 0;
  double above(const Vec3& q) const noexcept { return q[2] - a * q[0] - b * q[1] - c; }
};

/// The lowest point of each cell, in axes whose third is up.
std::vector<Vec3> bottoms(std::span<const Vec3> points, const Rotation& turn) {
  constexpr auto kSide = static_cast<std::int64_t>(2 * kRadius / kCell);
  constexpr std::size_t kNone = std::numeric_limits<std::size_t>::max();
  std::vector<std::size_t> of_cell(static_cast<std::size_t>(kSide * kSide), kNone);
  std::vector<Vec3> lowest;
  for (const Vec3& point : points) {
    const Vec3 q = rotate(turn, point);
    if (!(std::hypot(q[0], q[1]) < kRadius)) continue;
    const auto i = static_cast<std::int64_t>((q[0] + kRadius) / kCell);
    const auto j = static_cast<std::int64_t>((q[1] + kRadius) / kCell);
    std::size_t& cell = of_cell[static_cast<std::size_t>(j * kSide + i)];
    if (cell == kNone) {
      cell = lowest.size();
      lowest.push_back(q);
    } else if (q[2] < lowest[cell][2]) {
      lowest[cell] = q;
    }
  }
  return lowest;
}

/// Through three points; nothing where they stand nearly above a line or the plane is steep.
std::optional<Plane> through(const Vec3& p, const Vec3& q, const Vec3& r) {
  const double u1 = q[0] - p[0], v1 = q[1] - p[1], h1 = q[2] - p[2];
  const double u2 = r[0] - p[0], v2 = r[1] - p[1], h2 = r[2] - p[2];
  const double area = u1 * v2 - u2 * v1;
  if (std::fabs(area) < 2) return std::nullopt;
  Plane plane{(h1 * v2 - h2 * v1) / area, (u1 * h2 - u2 * h1) / area, 0};
  if (std::hypot(plane.a, plane.b) > kSteepest) return std::nullopt;
  plane.c = p[2] - plane.a * p[0] - plane.b * p[1];
  return plane;
}

/// Least squares over the points within `thickness` of the plane.
Plane refined(const Plane& plane, const std::vector<Vec3>& points, double thickness) {
  double n = 0, mu = 0, mv = 0, mh = 0;
  const auto near = [&](const Vec3& q) { return std::fabs(plane.above(q)) < thickness; };
  for (const Vec3& q : points) {
    if (!near(q)) continue;
    n += 1, mu += q[0], mv += q[1], mh += q[2];
  }
  if (n < 3) return plane;
  mu /= n, mv /= n, mh /= n;
  double uu = 0, uv = 0, vv = 0, uh = 0, vh = 0;
  for (const Vec3& q : points) {
    if (!near(q)) continue;
    const double u = q[0] - mu, v = q[1] - mv, h = q[2] - mh;
    uu += u * u, uv += u * v, vv += v * v, uh += u * h, vh += v * h;
  }
  const double determinant = uu * vv - uv * uv;
  if (!(determinant > 1e-6 * uu * vv)) return plane;
  const double a = (uh * vv - vh * uv) / determinant, b = (vh * uu - uh * uv) / determinant;
  return {a, b, mh - a * mu - b * mv};
}

struct Fit {
  std::size_t on = 0, below = 0;
  double narrowest = 0;  ///< Standard deviation along the shorter axis of the cells on the plane.
};

Fit fit_of(const Plane& plane, const std::vector<Vec3>& points) {
  Fit fit;
  double mu = 0, mv = 0, uu = 0, uv = 0, vv = 0;
  for (const Vec3& q : points) {
    const double above = plane.above(q);
    if (above < -kBelow) ++fit.below;
    if (std::fabs(above) >= kThickness) continue;
    ++fit.on;
    mu += q[0], mv += q[1], uu += q[0] * q[0], uv += q[0] * q[1], vv += q[1] * q[1];
  }
  if (fit.on == 0) return fit;
  const auto n = static_cast<double>(fit.on);
  mu /= n, mv /= n;
  uu = uu / n - mu * mu, uv = uv / n - mu * mv, vv = vv / n - mv * mv;
  const double smaller = (uu + vv) / 2 - std::hypot((uu - vv) / 2, uv);
  fit.narrowest = std::sqrt(std::max(0.0, smaller));
  return fit;
}

/// RANSAC (Fischler and Bolles 1981), seeded.
std::optional<Plane> best_plane(const std::vector<Vec3>& points) {
  Random random(1);
  const auto pick = [&]() -> const Vec3& { return points[random.bits() % points.size()]; };
  std::optional<Plane> best;
  std::ptrdiff_t most = 0;
  for (int trial = 0; trial < kTrials; ++trial) {
    const Vec3 &p = pick(), &q = pick(), &r = pick();
    const std::optional<Plane> plane = through(p, q, r);
    if (!plane) continue;
    const auto on = std::count_if(points.begin(), points.end(), [&](const Vec3& one) {
      return std::fabs(plane->above(one)) < kThickness;
    });
    if (on > most) most = on, best = plane;
  }
  return best;
}

}  // namespace

std::optional<GroundPlane> find_ground(std::span<const Vec3> points, std::size_t up) {
  const Rotation turn = from_up(up);
  const std::vector<Vec3> lowest = bottoms(points, turn);
  if (lowest.size() < kFewestCells) return std::nullopt;
  std::optional<Plane> plane = best_plane(lowest);
  if (!plane) return std::nullopt;
  for (const double thickness : {2 * kThickness, 1.5 * kThickness, kThickness}) {
    plane = refined(*plane, lowest, thickness);
  }
  const Fit fit = fit_of(*plane, lowest);
  const auto cells = static_cast<double>(lowest.size());
  // The same plane seen from underneath has the scene's objects below it.
  const double clean = 1 - 3 * static_cast<double>(fit.below) / cells;
  if (fit.on < kFewestCells || static_cast<double>(fit.on) < kFewestOfAll * cells) {
    return std::nullopt;
  }
  if (fit.narrowest < kNarrowest || clean <= 0) return std::nullopt;

  const double length = std::sqrt(plane->a * plane->a + plane->b * plane->b + 1);
  const Vec3 n{-plane->a / length, -plane->b / length, 1 / length};
  GroundPlane ground;
  // The transpose of `turn` leads back to the points' axes.
  ground.normal = {turn[0] * n[0] + turn[3] * n[1] + turn[6] * n[2],
                   turn[1] * n[0] + turn[4] * n[1] + turn[7] * n[2],
                   turn[2] * n[0] + turn[5] * n[1] + turn[8] * n[2]};
  ground.height = -plane->c / length;
  ground.support = static_cast<double>(fit.on) * clean;
  return ground;
}

}  // namespace colonnade
