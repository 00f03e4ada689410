// The experiment that this project began with: the three graphs of a PointPillars export, each into
// an engine, for 120 to 12000 pillars. docs/replay.md tells how it ended in 2021.
//
//   onnx2engine FOLDER                          pfn.engine, mfn.engine, rpn.engine for this CPU
//   onnx2engine FOLDER --tensorrt DIR MODULES   pfn.plan, mfn.plan, rpn.plan for trtexec, by the
//                                               library in DIR and an adapter in MODULES
#include <colonnade/build.hpp>
#include <colonnade/error.hpp>
#include <colonnade/tensorrt.hpp>
#include <cstdio>
#include <string>

namespace {

void build_engine(const std::string& stem, const colonnade::BuildOptions& options) {
  const colonnade::BuildReport report =
      colonnade::onnx2engine(stem + ".onnx", stem + ".engine", options);
  std::printf("%s %s: %llu bytes\n", report.reused ? "reused" : "built", report.engine.c_str(),
              static_cast<unsigned long long>(report.bytes));
}

void build_plan(const std::string& stem, const colonnade::BuildOptions& options,
                const colonnade::TensorRtBuild& tensorrt) {
  const colonnade::TensorRtReport report =
      colonnade::onnx2plan(stem + ".onnx", stem + ".plan", options, tensorrt);
  std::printf("built %s.plan: %llu bytes by %s\n", stem.c_str(),
              static_cast<unsigned long long>(report.bytes), report.library.c_str());
}

}  // namespace

int main(int argc, char** argv) {
  const bool by_tensorrt = argc == 5 && std::string(argv[2]) == "--tensorrt";
  if (argc != 2 && !by_tensorrt) {
    std::fputs("usage: onnx2engine FOLDER [--tensorrt DIR MODULES]\n", stderr);
    return 2;
  }
  int failed = 0;
  for (const char* graph : {"pfn", "mfn", "rpn"}) {
    const std::string stem = std::string(argv[1]) + "/" + graph;
    colonnade::BuildOptions options;
    options.dynamic_pillars = std::string(graph) != "rpn";  // 120, 6000, 12000 pillars.
    try {
      if (by_tensorrt) {
        build_plan(stem, options, {{argv[3], {}, {argv[4]}}, /*raw=*/true});
      } else {
        build_engine(stem, options);
      }
    } catch (const colonnade::Error& error) {
      std::fprintf(stderr, "%s\n", error.what());
      failed = 1;
    }
  }
  return failed;
}
