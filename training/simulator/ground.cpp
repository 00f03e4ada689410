#include "simulator/ground.hpp"

#include <algorithm>
#include <cmath>

namespace colonnade::simulator {
namespace {

constexpr double kCell = 1.5;        ///< Metres of the table; waves are 8 m long and more.
constexpr double kReach = 90;        ///< Metres to where the table goes.
constexpr double kBumpCell = 0.65;   ///< Metres between heights drawn for bumps.
constexpr double kPlainRadius = 14;  ///< Metres: waves have half their height here.

/// -1 to 1, the same for the same corner.
double corner_height(std::uint64_t seed, std::int64_t i, std::int64_t j) noexcept {
  std::uint64_t h = seed ^ (static_cast<std::uint64_t>(i) * 0x9e3779b97f4a7c15U) ^
                    (static_cast<std::uint64_t>(j) * 0xc2b2ae3d27d4eb4fU);
  h = (h ^ (h >> 31)) * 0xd6e8feb86659fd93U;
  return static_cast<double>(h >> 40) * 0x1p-23 - 1;
}

}  // namespace

Ground::Ground(const Street& street, double sensor_height, const SceneDistribution& distribution,
               Draw& draw)
    : street_(street) {
  const double relief = distribution.relief;
  height_ = sensor_height + relief * draw.normal(-0.06, 0.03);
  slope_x_ = relief * draw.normal(0, 0.007);
  slope_y_ = relief * draw.normal(0, 0.009);
  curve_x_ = relief * draw.normal(0.00008, 0.00018);
  curve_y_ = relief * draw.normal(-0.0001, 0.0005);
  for (GradeBreak& b : breaks_) {
    double direction = draw.normal(0, 0.8);
    if (&b != breaks_.data() && draw.chance(0.5)) direction += kPi / 2;
    const SinCos d = sin_cos(direction);
    b = {d.cos, d.sin, draw.uniform(8, 34), 0};
    if (draw.chance(0.55)) b.curve = relief * draw.normal(0, 0.028);
  }
  for (Wave& wave : waves_) {
    const bool is_long = &wave == waves_.data();
    wave.amplitude = relief * std::abs(draw.normal(0, is_long ? 0.16 : 0.035));
    const double length = is_long ? draw.uniform(30, 70) : draw.uniform(8, 25);
    const SinCos d = sin_cos(draw.uniform(0, 2 * kPi));
    wave.kx = 2 * kPi / length * d.cos;
    wave.ky = 2 * kPi / length * d.sin;
    wave.phase = draw.uniform(0, 2 * kPi);
  }
  wave_at_sensor_ = waves(0, 0);
  const double grass = street.kind == StreetKind::city ? 0.2 : 0.7;
  for (Side& side : sides_) {
    if (draw.chance(0.8)) side.kerb = relief * draw.uniform(0.02, 0.15);
    if (draw.chance(0.5)) side.edge = relief * draw.uniform(-0.06, 0.14);
    side.bank = relief * (draw.chance(0.35) ? draw.normal(0.2, 0.9) : draw.normal(0, 0.2));
    side.bank_width = draw.uniform(3, 15);
    side.grass = draw.chance(grass);
  }
  if (draw.chance(0.7)) crown_ = relief * draw.uniform(0.005, 0.035);
  const double strip_side = street.y0 > 0 ? 1 : -1;  // Not where the sensor drives.
  const double strip_up = draw.sign();
  if (draw.chance(0.25)) strip_ = relief * strip_up * draw.uniform(0.02, 0.08);
  strip_from_ = strip_side * street.half_width * draw.uniform(0.3, 0.8);
  grass_height_ = draw.chance(0.2) ? draw.uniform(0.04, 0.15) : draw.uniform(0.01, 0.06);
  road_bump_ = relief * draw.uniform(0.004, 0.02);
  beside_bump_ = relief * draw.uniform(0.012, 0.048);
  grass_bump_ = relief * draw.uniform(0.025, 0.07);
  bump_seed_ = draw.bits();
  markings_ = draw.chance(street.kind == StreetKind::residential ? 0.3 : 0.8);
  tabulate();
}

double Ground::waves(double x, double y) const noexcept {
  double z = 0;
  for (const Wave& w : waves_) z += w.amplitude * sine(w.kx * x + w.ky * y + w.phase);
  return z;
}

double Ground::exact(double x, double y) const noexcept {
  double z = -height_ + slope_x_ * x + slope_y_ * y + curve_x_ * x * x + curve_y_ * y * y;
  for (const GradeBreak& b : breaks_) {
    const double beyond = x * b.cos + y * b.sin - b.distance;
    if (beyond > 0) z += b.curve * beyond * beyond / (beyond + 8);
  }
  const double squared = x * x + y * y;
  z += (waves(x, y) - wave_at_sensor_) * squared / (squared + kPlainRadius * kPlainRadius);
  z +=
      crown_ * (std::abs(street_.y0) - std::min(std::abs(street_.aside(x, y)), street_.half_width));
  // Banks begin behind the pavement and end towards a crossing road.
  const double aside = street_.aside(x, y);
  const Side& side = sides_[aside > 0 ? 0 : 1];
  const double beyond = std::abs(aside) - street_.half_width - street_.pavement;
  if (beyond > 0) {
    double share = std::min(beyond / side.bank_width, 1.0);
    if (street_.crossing_half_width > 0) {
      const double off = std::abs(x - street_.crossing_x) - street_.crossing_half_width;
      share *= std::clamp(off / 6, 0.0, 1.0);
    }
    z += side.bank * share;
  }
  return z;
}

double Ground::kerb(double x, double y) const noexcept {
  if (street_.on_crossing(x)) return 0;
  const double aside = street_.aside(x, y), outside = std::abs(aside) - street_.half_width;
  if (outside < 0) {
    const bool on_strip = strip_from_ > 0 ? aside > strip_from_ : aside < strip_from_;
    return on_strip ? strip_ : 0;
  }
  const Side& side = sides_[aside > 0 ? 0 : 1];
  return outside < street_.pavement ? side.kerb : side.kerb + side.edge;
}

Material Ground::material(double x, double y) const noexcept {
  const double aside = street_.aside(x, y);
  const double outside = std::abs(aside) - street_.half_width;
  if (street_.on_crossing(x)) return Material::asphalt;
  if (outside < 0) {
    if (!markings_) return Material::asphalt;
    // Lines of 12 cm: solid at the edges, dashed between lanes.
    if (outside > -0.3 && outside < -0.18) return Material::marking;
    const double lane = 2 * street_.half_width / street_.lanes();
    const double from_border = std::remainder(aside + street_.half_width, lane);
    const bool dash = x - 9 * std::floor(x / 9) < 4;
    return dash && outside < -1 && std::abs(from_border) < 0.06 ? Material::marking
                                                                : Material::asphalt;
  }
  if (outside < street_.pavement || !sides_[aside > 0 ? 0 : 1].grass) return Material::pavement;
  return Material::grass;
}

double Ground::bump(double x, double y, Material material) const noexcept {
  const double u = x / kBumpCell, v = y / kBumpCell;
  const double i = std::floor(u), j = std::floor(v);
  const auto eased = [](double t) { return t * t * (3 - 2 * t); };
  const double fu = eased(u - i), fv = eased(v - j);
  const auto at = [&](int di, int dj) {
    return corner_height(bump_seed_, static_cast<std::int64_t>(i) + di,
                         static_cast<std::int64_t>(j) + dj);
  };
  const double near = at(0, 0) + (at(0, 1) - at(0, 0)) * fv;
  const double far = at(1, 0) + (at(1, 1) - at(1, 0)) * fv;
  const double scale = material == Material::grass      ? grass_bump_
                       : material == Material::pavement ? beside_bump_
                                                        : road_bump_;
  return scale * (near + (far - near) * fu);
}

void Ground::tabulate() {
  table_x_ = street_.behind < -20 ? -kReach : -12;
  table_y_ = -kReach;
  table_rows_ = static_cast<std::size_t>((kReach - table_x_) / kCell) + 2;
  table_columns_ = static_cast<std::size_t>(2 * kReach / kCell) + 2;
  table_.resize(table_rows_ * table_columns_);
  for (std::size_t i = 0; i < table_rows_; ++i) {
    for (std::size_t j = 0; j < table_columns_; ++j) {
      table_[i * table_columns_ + j] = static_cast<float>(exact(
          table_x_ + static_cast<double>(i) * kCell, table_y_ + static_cast<double>(j) * kCell));
    }
  }
}

double Ground::smooth(double x, double y) const noexcept {
  const double u =
      std::clamp((x - table_x_) / kCell, 0.0, static_cast<double>(table_rows_) - 1.001);
  const double v =
      std::clamp((y - table_y_) / kCell, 0.0, static_cast<double>(table_columns_) - 1.001);
  const auto i = static_cast<std::size_t>(u), j = static_cast<std::size_t>(v);
  const double fu = u - static_cast<double>(i), fv = v - static_cast<double>(j);
  const float* const p = &table_[i * table_columns_ + j];
  const double near = p[0] + (p[1] - p[0]) * fv;
  const double far = p[table_columns_] + (p[table_columns_ + 1] - p[table_columns_]) * fv;
  return near + (far - near) * fu;
}

}  // namespace colonnade::simulator
