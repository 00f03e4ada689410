// make_demo_model FOLDER [--small]: a model with random weights, the same on every run:
// FOLDER/model.yaml and FOLDER/pointpillar.onnx.
#include <cstdio>
#include <exception>
#include <string_view>

#include "sample/demo_model.hpp"

int main(int argc, char** argv) {
  using namespace colonnade::sample;
  const bool small = argc == 3 && std::string_view(argv[2]) == "--small";
  if (argc != 2 && !small) {
    std::fputs("usage: make_demo_model FOLDER [--small]\n", stderr);
    return 2;
  }
  try {
    constexpr std::uint64_t seed = 2026;
    std::printf("%s\n", write_demo_model(argv[1], seed, small ? kSmall : DemoSize{}).c_str());
    return 0;
  } catch (const std::exception& e) {
    std::fprintf(stderr, "make_demo_model: %s\n", e.what());
    return 1;
  }
}
