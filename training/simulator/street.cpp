#include "simulator/street.hpp"

namespace colonnade::simulator {

Street draw_street(const SceneDistribution& d, bool all_around, Draw& draw) {
  Street s;
  s.kind = static_cast<StreetKind>(draw.pick({d.residential, d.city, d.rural, d.highway}));
  switch (s.kind) {
    case StreetKind::residential: s.half_width = draw.uniform(2.6, 4.6); break;
    case StreetKind::city: s.half_width = draw.uniform(2.8, 6); break;
    case StreetKind::rural: s.half_width = draw.uniform(2.5, 5); break;
    case StreetKind::highway: s.half_width = draw.uniform(6, 12); break;
  }
  s.pavement = s.kind == StreetKind::highway ? draw.uniform(0.3, 1) : draw.uniform(.4, 2.6);
  s.y0 = draw.uniform(-0.54, 0.54) * s.half_width;
  s.slope = draw.normal(0, 0.03);
  s.bend = draw.chance(0.65) ? draw.normal(0, 0.0005) : draw.normal(0, 0.0025);
  if (draw.chance(.8)) s.free_ahead = draw.uniform(15, 75);
  if (s.kind != StreetKind::highway && draw.chance(0.4)) {
    s.crossing_x = draw.uniform(8, 50);
    s.crossing_half_width = draw.uniform(2.5, 6);
  }
  if (s.kind != StreetKind::highway && draw.chance(.14)) {
    s.crossing_x = draw.uniform(8, 22);
    s.crossing_half_width = draw.uniform(2.5, 5);
    s.ends = true;
    s.free_ahead = std::min(s.free_ahead, s.crossing_x);
  }
  if (all_around) {
    s.behind = -80;
    s.bend *= 0.5;  // A parabola of 160 m would turn into a hairpin.
  }
  return s;
}

}  // namespace colonnade::simulator
