// make_demo_model FOLDER: a model with random weights, the same on every run: FOLDER/model.yaml and
// FOLDER/pointpillar.onnx.
#include <cstdio>
#include <exception>
#include <filesystem>
#include <vector>

#include "colonnade/model.hpp"
#include "model/import.hpp"
#include "onnx/reader.hpp"
#include "sample/demo_network.hpp"

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("usage: make_demo_model FOLDER\n", stderr);
    return 2;
  }
  try {
    constexpr std::uint64_t seed = 2026;
    const std::filesystem::path folder = argv[1];
    std::filesystem::create_directories(folder);
    const std::string network = (folder / "pointpillar.onnx").string();
    colonnade::sample::write_demo_network(seed, network);
    const std::vector<colonnade::GraphFile> files{{network, colonnade::read_onnx(network)}};
    const std::vector<std::string> settings{"name=demo", "note=random weights"};
    const std::string yaml = (folder / "model.yaml").string();
    colonnade::write_model_yaml(colonnade::import_preset("openpcdet-kitti", files, settings), yaml);
    std::printf("%s\n", yaml.c_str());
    return 0;
  } catch (const std::exception& e) {
    std::fprintf(stderr, "make_demo_model: %s\n", e.what());
    return 1;
  }
}
