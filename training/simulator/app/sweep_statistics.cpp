// colonnade-sweep-statistics: real sweeps against simulated ones, figure by figure.
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>

#include "colonnade/error.hpp"
#include "colonnade/io.hpp"
#include "simulator/app/run_program.hpp"
#include "simulator/camera.hpp"
#include "simulator/statistics.hpp"

namespace colonnade::simulator {
namespace {

struct Options {
  std::vector<std::string> real, simulated;
  bool camera = false;
  double real_scale = 1, simulated_scale = 1;
};

std::vector<std::string> sweeps_under(const std::vector<std::string>& paths) {
  std::vector<std::string> files;
  for (const std::string& path : paths) {
    if (!std::filesystem::is_directory(path)) {
      files.push_back(path);
      continue;
    }
    for (const auto& entry : std::filesystem::recursive_directory_iterator(path)) {
      if (entry.path().extension() == ".bin") files.push_back(entry.path().string());
    }
  }
  std::sort(files.begin(), files.end());
  if (files.empty()) {
    throw Error(ErrorCode::io, paths.front(), "holds no .bin sweeps; expected KITTI's velodyne");
  }
  return files;
}

/// x, y, z, intensity of a KITTI-like sweep.
std::vector<float> points_of(const std::string& file, const Camera* camera) {
  const Cloud cloud = read_cloud(file, CloudFormat::kitti);
  const auto* const values = reinterpret_cast<const float*>(cloud.data.data());
  std::vector<float> points(values, values + 4 * cloud.count);
  if (camera == nullptr) return points;
  std::vector<float> seen;
  for (std::size_t i = 0; i < points.size(); i += 4) {
    const float* const p = &points[i];
    if (camera->calib.in_image(p[0], p[1], p[2], camera->image.width, camera->image.height)) {
      seen.insert(seen.end(), p, p + 4);
    }
  }
  return seen;
}

std::vector<std::vector<Figure>> figures_of(const std::vector<std::string>& paths, double scale,
                                            const Camera* camera) {
  std::vector<std::vector<Figure>> figures;
  for (const std::string& file : sweeps_under(paths)) {
    figures.push_back(sweep_figures(points_of(file, camera), scale));
  }
  return figures;
}

int run(const Options& options) {
  Draw draw(0);
  const Camera camera = draw_camera(draw);
  const Camera* const crop = options.camera ? &camera : nullptr;
  const auto real = figures_of(options.real, options.real_scale, crop);
  const auto simulated = figures_of(options.simulated, options.simulated_scale, crop);
  fmt::print("{}", comparison_table(real, simulated));
  return 0;
}

}  // namespace
}  // namespace colonnade::simulator

int main(int argc, char** argv) {
  using namespace colonnade::simulator;
  CLI::App app("Figures of real and simulated sweeps (KITTI's .bin) as a Markdown table.",
               "colonnade-sweep-statistics");
  Options options;
  app.add_option("--real", options.real, "Files, or folders that hold .bin files")->required();
  app.add_option("--simulated", options.simulated, "The same")->required();
  app.add_flag("--camera", options.camera, "Crop whole turns to a view like KITTI's camera's");
  app.add_option("--real-scale", options.real_scale, "A full return's intensity: 1 or 255")
      ->capture_default_str()
      ->check(CLI::PositiveNumber);
  app.add_option("--simulated-scale", options.simulated_scale, "The same")
      ->capture_default_str()
      ->check(CLI::PositiveNumber);
  return run_program(app, argc, argv, [&] { return run(options); });
}
