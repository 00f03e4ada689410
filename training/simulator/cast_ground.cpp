// The ground, azimuth by azimuth: its profile is walked outwards once while the beams rise.
#include <algorithm>
#include <cmath>
#include <vector>

#include "simulator/cast_parts.hpp"

namespace colonnade::simulator {
namespace {

/// A profile's corner: metres from the sensor along the azimuth, and height.
struct Corner {
  double range, z;
};

/// Distances of the samples: as far apart as the rings, and less than the waves are long.
std::vector<double> sample_ranges(double max_range) {
  std::vector<double> ranges;
  for (double r = 1.5; r < max_range; r += std::max(0.2, 0.03 * r)) ranges.push_back(r);
  ranges.push_back(max_range);
  return ranges;
}

/// Kerbs are steps: where one lies between two samples, both of its edges become corners.
void walk(const Ground& ground, const std::vector<double>& ranges, double cos, double sin,
          std::vector<Corner>& profile) {
  profile.clear();
  double before = 0, kerb_before = 0;
  for (const double r : ranges) {
    const double kerb = ground.kerb(r * cos, r * sin);
    if (kerb != kerb_before && !profile.empty()) {
      double low = before, high = r;
      for (int i = 0; i < 6; ++i) {
        const double middle = (low + high) / 2;
        (ground.kerb(middle * cos, middle * sin) == kerb_before ? low : high) = middle;
      }
      const double z = ground.smooth(low * cos, low * sin);
      profile.push_back({low, z + kerb_before});
      profile.push_back({high, z + kerb});
    }
    profile.push_back({r, ground.smooth(r * cos, r * sin) + kerb});
    before = r, kerb_before = kerb;
  }
}

}  // namespace

void cast_ground(const Ground& ground, const Rays& rays, double max_range, DepthBuffer& out) {
  const std::vector<double> ranges = sample_ranges(max_range);
  std::vector<Corner> profile;
  for (std::size_t column = 0; column < rays.columns; ++column) {
    const std::size_t base = column * rays.beams;
    const double flat = std::sqrt(static_cast<double>(rays.x[base]) * rays.x[base] +
                                  static_cast<double>(rays.y[base]) * rays.y[base]);
    walk(ground, ranges, rays.x[base] / flat, rays.y[base] / flat, profile);
    std::size_t i = 0;
    for (std::size_t beam = rays.beams; beam-- > 0;) {
      const std::size_t ray = base + beam;
      const double up = rays.z[ray], ahead = std::sqrt(1 - up * up), slope = up / ahead;
      const auto above = [&](const Corner& c) { return c.range * slope - c.z; };
      // Jitter may put a beam a little below the one before.
      while (i > 0 && above(profile[i]) < 0) --i;
      while (i + 1 < profile.size() && above(profile[i + 1]) > 0) ++i;
      if (i + 1 >= profile.size()) break;
      const Corner &near = profile[i], &far = profile[i + 1];
      const double over = std::max(above(near), 0.0), under = -above(far);
      const double r = near.range + (far.range - near.range) * over / std::max(over + under, 1e-9);
      const double run = far.range - near.range, rise = far.z - near.z;
      Hit hit;
      hit.range = static_cast<float>(r / ahead);
      hit.facing = static_cast<float>(std::abs(rise * ahead - run * up) /
                                      std::sqrt(run * run + rise * rise));
      hit.material = ground.material(hit.range * rays.x[ray], hit.range * rays.y[ray]);
      hit.ground = true;
      // Bumps are low: along the ray they move the hit by their height over the slope.
      const double x = hit.range * rays.x[ray], y = hit.range * rays.y[ray];
      const double nearer = ground.bump(x, y, hit.material) / std::max<double>(hit.facing, .03);
      hit.range -= static_cast<float>(std::min(nearer, .1 * r));
      out.put(ray, hit);
    }
  }
}

}  // namespace colonnade::simulator
