#include "simulator/returns.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "simulator/portable_math.hpp"

namespace colonnade::simulator {
namespace {

/// What differs from sweep to sweep: weather, dirt on the sensor, the sensor itself.
struct Conditions {
  double loss;          ///< Share of returns lost anywhere.
  double ground_range;  ///< Metres.
  double object_range;  ///< Metres: half of what's farther is lost.
  double brightness;
  double asphalt, pavement, grass;  ///< Reflectances.
  std::vector<double> bias;         ///< Metres, a beam.
  std::vector<double> rise;         ///< Metres a metre that a beam reports too high.
};

Conditions draw_conditions(const SensorDescription& sensor, Draw& draw) {
  Conditions c;
  c.loss = draw.uniform(0, .0025);
  c.ground_range = sensor.ground_range * draw.uniform(.7, 1.3);
  c.object_range = sensor.max_range * draw.uniform(.6, 1.06);
  c.brightness = draw.normal(1, .08);
  c.asphalt = draw.uniform(.19, .31);
  c.pavement = draw.uniform(.24, .34);
  c.grass = draw.uniform(.27, .4);
  for (std::size_t b = 0; b < sensor.elevations.size(); ++b) {
    c.bias.push_back(draw.normal(0, sensor.beam_bias));
    c.rise.push_back(draw.normal(0, sensor.elevation_bias * kDegree));
  }
  return c;
}

class Receiver {
 public:
  Receiver(const SensorDescription& sensor, double grass_height, Draw& draw)
      : sensor_(sensor),
        draw_(draw),
        conditions_(draw_conditions(sensor, draw)),
        grass_height_(grass_height) {}

  /// False: the return is lost. `range` and `intensity` (0 to 1) of what comes back.
  bool receive(const Hit& hit, std::size_t beam, double& range, double& intensity) {
    const bool back = hit.ground ? receive_ground(hit, beam, range, intensity)
                                 : receive_object(hit, range, intensity);
    if (!back) return false;
    range += draw_.normal(0, sensor_.range_noise) + conditions_.bias[beam];
    intensity *= conditions_.brightness;
    if (intensity < .09 && draw_.chance(.35)) intensity = 0;
    const double step = sensor_.intensity_step;
    intensity = step * std::floor(std::clamp(intensity, 0.0, 1 - step) / step + .5);
    return true;
  }

  /// Metres that the beam reports too high at `range`.
  double rise(std::size_t beam, double range) const noexcept {
    return conditions_.rise[beam] * range;
  }

 private:
  bool receive_ground(const Hit& hit, std::size_t beam, double& range, double& intensity) {
    const bool road = hit.material == Material::asphalt;
    double reflectance = conditions_.pavement, rough = std::abs(draw_.normal(0, .0008));
    if (road) reflectance = conditions_.asphalt;
    if (hit.material == Material::marking) reflectance = .6;
    if (hit.material == Material::grass) {
      reflectance = conditions_.grass;
      // A lawn is a carpet; tall grass stops the beam at any height.
      rough = grass_height_ * draw_.uniform(1 - std::min(7 * grass_height_, .8), 1);
    }
    // A stalk or a stone stops the beam before it reaches the plane.
    range -= std::min(rough / std::max(static_cast<double>(hit.facing), .03), .25 * range);
    const Response r = response(hit.material);
    const double full = conditions_.ground_range;
    const double fade = std::clamp((range - .7 * full) / (.5 * full), 0.0, 1.0);
    if (draw_.chance(conditions_.loss + r.lost + (road ? .55 : .25) * fade)) return false;
    const bool upper = beam < static_cast<std::size_t>(sensor_.upper_beams);
    intensity = reflectance * (1 + .22 * draw_.normal());
    fade_out(upper ? sensor_.upper_ground : sensor_.lower_ground, range, r.zero, intensity);
    if (road && draw_.chance(.03)) intensity += draw_.uniform(.1, .3);
    return true;
  }

  bool receive_object(const Hit& hit, double& range, double& intensity) {
    const Response r = response(hit.material);
    const double facing = hit.facing, reflectance = hit.reflectance;
    double lost = .6 * conditions_.loss + r.lost + .004 * std::max(0.0, range - 40);
    const bool dark = reflectance < .15 && r.grazing >= .1;  // Dark and glossy.
    lost += (dark ? 3 : 1) * r.grazing * std::max(0.0, 1 - 1.6 * facing);
    if (dark) lost += .012 * std::max(0.0, range - 25);
    if (range > conditions_.object_range) lost += .5;
    if (draw_.chance(std::min(lost, .95))) return false;
    const double share = r.floor + (1 - r.floor) * facing * (r.glossy ? std::sqrt(facing) : 1);
    intensity = reflectance * share * (1 + .22 * draw_.normal());
    if (hit.material == Material::paint && facing > .96 && draw_.chance(.5)) {
      intensity += draw_.uniform(0, .7);  // A mirror straight on.
    }
    if (hit.material == Material::paint &&
        intensity < sensor_.faint_per_metre * std::min(range - 10, 30.0) && draw_.chance(.65)) {
      intensity = 0;
    }
    fade_out(hit.material == Material::paint ? sensor_.paint : sensor_.objects, range, r.zero,
             intensity);
    return true;
  }

  /// `zero`: share of near returns that read 0.
  void fade_out(const Fading& fading, double range, double zero, double& intensity) {
    const double beyond = std::max(0.0, range - fading.start);
    intensity -= fading.per_metre * beyond;
    if (draw_.chance(std::min(zero + fading.zeros_per_metre * beyond, .9))) intensity = 0;
  }

  const SensorDescription& sensor_;
  Draw& draw_;
  Conditions conditions_;
  double grass_height_;
};

/// A beam is as wide as half a step: at an edge part of it goes past, and the return lies between.
double blurred(const Rays& rays, const std::vector<Hit>& hits, std::size_t ray, double share,
               Draw& draw) {
  const double range = hits[ray].range;
  const std::size_t next = ray + rays.beams;
  if (next >= hits.size() || hits[next].range <= 0) return range;
  const double step = hits[next].range - range;
  if (std::abs(step) < .1 || std::abs(step) > 1.2 || !draw.chance(share)) return range;
  return range + step * draw.uniform();
}

/// The camera's three matrices in one: asked for every point.
class Crop {
 public:
  explicit Crop(const Camera& camera) : image_(camera.image) {
    const KittiCalib& calib = camera.calib;
    const auto project = [&](double x, double y, double z) {
      const std::array<double, 3> p = calib.to_camera(x, y, z);
      std::array<double, 3> image{};
      for (std::size_t i = 0; i < 3; ++i) {
        const double* const row = &calib.p2[4 * i];
        image[i] = row[0] * p[0] + row[1] * p[1] + row[2] * p[2] + row[3];
      }
      return image;
    };
    const auto origin = project(0, 0, 0);
    const std::array<std::array<double, 3>, 3> axes{project(1, 0, 0), project(0, 1, 0),
                                                    project(0, 0, 1)};
    for (std::size_t i = 0; i < 3; ++i) {
      rows_[i] = {axes[0][i] - origin[i], axes[1][i] - origin[i], axes[2][i] - origin[i],
                  origin[i]};
    }
  }

  /// Whether the image, `margin` pixels larger on each side, holds the point.
  bool sees(double x, double y, double z, double margin) const noexcept {
    const auto row = [&](const std::array<double, 4>& r) {
      return r[0] * x + r[1] * y + r[2] * z + r[3];
    };
    const double depth = row(rows_[2]), u = row(rows_[0]), v = row(rows_[1]);
    return depth > 0 && u >= -margin * depth && u < (image_.width + margin) * depth &&
           v >= -margin * depth && v < (image_.height + margin) * depth;
  }

 private:
  ImageSize image_;
  std::array<std::array<double, 4>, 3> rows_{};
};

/// The first firing of a beam at or left of +x; a beam's phase may shift it by a column.
std::size_t first_column_ahead(const Rays& rays, std::size_t beam) noexcept {
  auto column = static_cast<std::size_t>(-rays.first_azimuth / rays.step + .5) - 1;
  while (column + 1 < rays.columns && rays.y[column * rays.beams + beam] < 0) ++column;
  return column;
}

}  // namespace

Returns make_returns(const SensorDescription& sensor, const Rays& rays, const CastResult& cast,
                     double grass_height, const Camera* camera, Draw& draw) {
  Returns returns;
  returns.object_points.resize(cast.visible.size());
  returns.points.reserve(4 * rays.size());
  Receiver receiver(sensor, grass_height, draw);
  std::optional<Crop> crop;
  if (camera != nullptr) crop.emplace(*camera);
  const double blur = .3 * std::min(1.0, sensor.divergence * kDegree / rays.step);
  const auto millimetres = [](double v) {
    return static_cast<float>(std::floor(v * 1000 + .5) * .001);
  };
  for (std::size_t beam = 0; beam < rays.beams; ++beam) {
    const std::size_t first = first_column_ahead(rays, beam);
    for (std::size_t k = 0; k < rays.columns; ++k) {
      const std::size_t ray = (first + k) % rays.columns * rays.beams + beam;
      const Hit& hit = cast.hits[ray];
      if (hit.range <= 0 || hit.lost) continue;
      if (crop && !crop->sees(hit.range * rays.x[ray], hit.range * rays.y[ray],
                              hit.range * rays.z[ray], 3)) {
        continue;  // Not even near the border: spared what follows.
      }
      double range = blurred(rays, cast.hits, ray, blur, draw), intensity = 0;
      if (!receiver.receive(hit, beam, range, intensity)) continue;
      if (range < sensor.min_range || range > sensor.max_range) continue;
      const float x = millimetres(range * rays.x[ray]), y = millimetres(range * rays.y[ray]),
                  z = millimetres(range * rays.z[ray] + receiver.rise(beam, range));
      if (crop && !crop->sees(x, y, z, 0)) continue;
      if (hit.object >= 0) ++returns.object_points[static_cast<std::size_t>(hit.object)];
      for (const float v : {x, y, z}) returns.points.push_back(v);
      returns.points.push_back(static_cast<float>(intensity * sensor.intensity_scale));
    }
  }
  return returns;
}

}  // namespace colonnade::simulator
