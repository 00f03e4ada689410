#include "colonnade/tensorrt.hpp"

#include <fmt/core.h>

#include <array>
#include <filesystem>
#include <utility>

#include "base/file.hpp"
#include "base/hash.hpp"
#include "build/profiles.hpp"
#include "build/source.hpp"
#include "colonnade/error.hpp"
#include "engine_file/target.hpp"
#include "onnx/writer.hpp"
#include "tensorrt/plan.hpp"
#include "tensorrt/prepare.hpp"

namespace colonnade {
namespace {

namespace fs = std::filesystem;

PrepareOptions prepare_options(const BuildSource& source) {
  if (!source.model) return {};
  if (source.graphs.size() != 1) {
    throw Error(ErrorCode::unsupported, source.path,
                fmt::format("has {} graphs; a TensorRT plan is of one, so build each .onnx on its "
                            "own",
                            source.graphs.size()));
  }
  return {std::array{source.model->grid.nx(), source.model->grid.ny()}};
}

std::vector<PlanProfile> dynamic_ones(const Graph& graph, const std::vector<InputProfile>& all) {
  std::vector<PlanProfile> profiles;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto& declared = graph.values[graph.inputs[i]].shape;
    if (declared && declared->is_static()) continue;
    profiles.push_back({all[i].name, all[i].min, all[i].opt, all[i].max});
  }
  return profiles;
}

std::vector<std::byte> engine_of(std::vector<std::byte> plan, std::vector<InputProfile> profile,
                                 const std::string& source, const TensorRtLibrary& library) {
  EngineContents contents;
  contents.target = {this_architecture(), kTensorRtBackend,
                     (library.rtx ? "rtx " : "") + library.version};
  contents.origin = {this_tool(), fs::path(source).filename().string(),
                     hash_text(std::span<const std::byte>(plan))};
  contents.profile = std::move(profile);
  contents.plan = std::move(plan);
  return encode(contents);
}

}  // namespace

TensorRtReport onnx2plan(const std::string& onnx, const std::string& output,
                         const BuildOptions& options, const TensorRtBuild& tensorrt) {
  const auto enter = [&](const char* phase) {
    if (options.on_phase) options.on_phase(phase);
  };
  const TensorRtLibrary library = choose_tensorrt(tensorrt.places);  // Before a graph is read.
  enter("read");
  const BuildSource source = read_build_source(onnx);
  refuse_to_replace(source, output);
  std::error_code failure;
  if (!options.overwrite && fs::exists(output, failure)) {
    throw Error(ErrorCode::mismatch, output, "is there; without --no-overwrite it's replaced");
  }
  enter("check");
  PreparedGraph prepared = prepare_for_tensorrt(source.graphs.front(), prepare_options(source));
  std::vector<InputProfile> profile = resolve_profiles(prepared.graph, options);
  enter("compile");
  std::vector<std::byte> plan = build_tensorrt_plan(
      library, write_onnx(prepared.graph), dynamic_ones(prepared.graph, profile),
      {options.workspace, tensorrt.tf32, options.log});
  TensorRtReport report{fmt::format("TensorRT{} {}", library.rtx ? "-RTX" : "", library.version),
                        std::move(prepared.notes), 0, plan.size()};
  if (!tensorrt.raw) plan = engine_of(std::move(plan), std::move(profile), onnx, library);
  report.bytes = plan.size();
  enter("write");
  write_file_durably(output, plan);
  return report;
}

}  // namespace colonnade
