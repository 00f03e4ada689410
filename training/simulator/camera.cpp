#include "simulator/camera.hpp"

#include "simulator/portable_math.hpp"

namespace colonnade::simulator {

Camera draw_camera(Draw& draw) {
  Camera camera;
  // Written files keep a few decimals: what's simulated is what the file says.
  const auto rounded = [](double v) { return std::floor(v * 1e4 + 0.5) * 1e-4; };
  const double focal = rounded(draw.normal(718, 5)), u = rounded(draw.normal(609, 4));
  const double v = rounded(draw.normal(174, 3)), pitch = draw.normal(0.0105, 0.002);
  const SinCos tilt = sin_cos(pitch);
  const double s = rounded(tilt.sin), c = rounded(tilt.cos);
  camera.calib.p2 = {focal, 0, u, 0, 0, focal, v, 0, 0, 0, 1, 0};
  camera.calib.r0_rect = {1, 0, 0, 0, 1, 0, 0, 0, 1};
  camera.calib.tr_velo_to_cam = {0, -1, 0, 0, s, 0, -c, -0.08, c, 0, s, -0.27};
  return camera;
}

}  // namespace colonnade::simulator
