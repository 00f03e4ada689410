#include "simulator/rays.hpp"

#include <algorithm>
#include <cmath>

#include "simulator/portable_math.hpp"

namespace colonnade::simulator {

Rays make_rays(const SensorDescription& sensor, double half_view, Draw& draw) {
  Rays rays;
  rays.beams = sensor.elevations.size();
  rays.step = draw.uniform(sensor.min_azimuth_step, sensor.max_azimuth_step) * kDegree;
  rays.full_circle = half_view >= kPi;
  if (rays.full_circle) {
    rays.columns = static_cast<std::size_t>(2 * kPi / rays.step);
    rays.step = 2 * kPi / static_cast<double>(rays.columns);
    rays.first_azimuth = -kPi;
  } else {
    rays.columns = static_cast<std::size_t>(2 * half_view / rays.step) + 1;
    rays.first_azimuth = -half_view;
  }
  // The sensor is never mounted quite straight: an offset, and a tilt as the turn goes round.
  const double offset = draw.normal(0, 0.12) * kDegree;
  const double tilt = draw.uniform(0, 0.25) * kDegree, tilt_phase = draw.uniform(0, 2 * kPi);
  std::vector<SinCos> beam_turn(rays.beams), beam_rise(rays.beams);
  for (std::size_t b = 0; b < rays.beams; ++b) {
    rays.elevations.push_back(sensor.elevations[b] * kDegree + offset);
    beam_rise[b] = sin_cos(rays.elevations[b]);
    // Lasers fire one after the other: each has its own phase within a step.
    beam_turn[b] = sin_cos(draw.uniform(-0.5, 0.5) * rays.step);
  }
  const double jitter = sensor.elevation_jitter * kDegree;
  rays.elevation_margin = tilt + 4 * jitter;
  for (std::vector<float>* v : {&rays.x, &rays.y, &rays.z}) v->resize(rays.columns * rays.beams);
  const double grid = sensor.azimuth_grid * kDegree;
  std::size_t ray = 0;
  for (std::size_t c = 0; c < rays.columns; ++c) {
    double azimuth = rays.first_azimuth + static_cast<double>(c) * rays.step;
    if (grid > 0) azimuth = std::floor(azimuth / grid + 0.5) * grid;
    const SinCos a = sin_cos(azimuth);
    const SinCos tilted = sin_cos(tilt * sine(azimuth + tilt_phase));
    for (std::size_t b = 0; b < rays.beams; ++b, ++ray) {
      const SinCos &t = beam_turn[b], &r = beam_rise[b];
      // Jitter is below 1e-4: its square is nothing.
      const double off = jitter * draw.normal();
      const double up = r.sin * tilted.cos + r.cos * tilted.sin;
      const double level = r.cos * tilted.cos - r.sin * tilted.sin;
      const SinCos e{up + off * level, level - off * up};
      rays.x[ray] = static_cast<float>(e.cos * (a.cos * t.cos - a.sin * t.sin));
      rays.y[ray] = static_cast<float>(e.cos * (a.sin * t.cos + a.cos * t.sin));
      rays.z[ray] = static_cast<float>(e.sin);
    }
  }
  return rays;
}

RayWindow window(const Rays& rays, double low_azimuth, double high_azimuth, double low_elevation,
                 double high_elevation) noexcept {
  RayWindow w;
  const double high = high_elevation + rays.elevation_margin;
  const double low = low_elevation - rays.elevation_margin;
  while (w.first_beam < rays.beams && rays.elevations[w.first_beam] > high) ++w.first_beam;
  std::size_t end = rays.beams;
  while (end > w.first_beam && rays.elevations[end - 1] < low) --end;
  w.beam_count = end - w.first_beam;

  const auto columns = static_cast<std::int64_t>(rays.columns);
  auto first =
      static_cast<std::int64_t>(std::floor((low_azimuth - rays.first_azimuth) / rays.step)) - 1;
  auto last =
      static_cast<std::int64_t>(std::ceil((high_azimuth - rays.first_azimuth) / rays.step)) + 1;
  if (rays.full_circle) {
    w.column_count = static_cast<std::size_t>(std::min(last - first + 1, columns));
    w.first_column = static_cast<std::size_t>(((first % columns) + columns) % columns);
    return w;
  }
  first = std::max<std::int64_t>(first, 0);
  last = std::min(last, columns - 1);
  if (first > last) return w;
  w.first_column = static_cast<std::size_t>(first);
  w.column_count = static_cast<std::size_t>(last - first + 1);
  return w;
}

}  // namespace colonnade::simulator
