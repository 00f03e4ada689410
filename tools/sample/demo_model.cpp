#include "sample/demo_model.hpp"

#include <fmt/core.h>

#include <filesystem>
#include <vector>

#include "colonnade/model.hpp"
#include "model/import.hpp"
#include "onnx/reader.hpp"

namespace colonnade::sample {

std::string write_demo_model(const std::string& folder, std::uint64_t seed, const DemoSize& size) {
  std::filesystem::create_directories(folder);
  const std::string network = (std::filesystem::path(folder) / "pointpillar.onnx").string();
  write_demo_network(seed, network, size);

  constexpr double cell = 0.16;
  const double right = -cell * static_cast<double>(size.rows) / 2;
  const std::vector<std::string> settings{
      "name=demo", "note=random weights", fmt::format("grid.min=[0, {:.2f}, -3]", right),
      fmt::format("grid.max=[{:.2f}, {:.2f}, 1]", cell * static_cast<double>(size.columns), -right),
      fmt::format("pillars.center=[0.08, {:.2f}, -1]", right + cell / 2)};
  const std::vector<GraphFile> files{{network, read_onnx(network)}};
  std::string yaml = (std::filesystem::path(folder) / "model.yaml").string();
  write_model_yaml(import_preset("openpcdet-kitti", files, settings), yaml);
  return yaml;
}

}  // namespace colonnade::sample
