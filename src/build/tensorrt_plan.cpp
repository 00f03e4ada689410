#include "colonnade/tensorrt.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <optional>
#include <utility>

#include "base/file.hpp"
#include "base/hash.hpp"
#include "build/graph_precision.hpp"
#include "build/profiles.hpp"
#include "build/source.hpp"
#include "colonnade/error.hpp"
#include "engine_file/target.hpp"
#include "onnx/writer.hpp"
#include "plan/plan.hpp"
#include "tensorrt/plan.hpp"
#include "tensorrt/prepare.hpp"
#include "tensorrt/scattered_rpn.hpp"
#include "tensorrt/stored_library.hpp"

namespace colonnade {
namespace {

namespace fs = std::filesystem;

/// What a plan is made fastest for: KITTI's front views have 3000 to 6000.
constexpr std::int64_t kUsualPillars = 6000;

PrepareOptions prepare_options(const BuildSource& source) {
  if (!source.model) return {};
  if (source.graphs.size() != 1) {
    throw Error(
        ErrorCode::unsupported, source.path,
        fmt::format("has {} graphs; a plan alone is of one, so build each .onnx on its own, "
                    "or an engine without --raw",
                    source.graphs.size()));
  }
  return {std::array{source.model->grid.nx(), source.model->grid.ny()}};
}

/// Of inputs with dynamic dimensions: the library knows the others from the graph.
std::vector<OptimizationProfile> dynamic_ones(const Graph& graph,
                                              std::vector<OptimizationProfile> profiles) {
  for (OptimizationProfile& profile : profiles) {
    std::vector<InputProfile> dynamic;
    for (std::size_t i = 0; i < profile.inputs.size(); ++i) {
      const auto& declared = graph.values[graph.inputs[i]].shape;
      if (!declared || !declared->is_static()) dynamic.push_back(profile.inputs[i]);
    }
    profile.inputs = std::move(dynamic);
  }
  return profiles;
}

PlanHardware hardware_called(const std::string& name) {
  if (name == "none") return PlanHardware::this_one;
  if (name == "ampere+") return PlanHardware::ampere_plus;
  if (name == "sameComputeCapability") return PlanHardware::same_compute_capability;
  throw Error(ErrorCode::invalid_argument, "--hardwareCompatibilityLevel " + name,
              "expected none, ampere+ or sameComputeCapability");
}

/// Nothing where the file isn't there yet.
std::vector<std::byte> stored_timings(const std::string& file) {
  std::error_code failure;
  if (file.empty() || !fs::exists(file, failure)) return {};
  const auto whole = WholeFile::read(file);
  return {whole->bytes().begin(), whole->bytes().end()};
}

/// What a plan is built of, and what goes into an engine beside it.
struct Planned {
  PreparedGraph prepared;
  std::vector<OptimizationProfile> profiles;
  std::optional<ProvenModel> model;
  std::optional<EngineCalibration> calibration;
  std::vector<EnginePrecision::Layer> layers;
};

Planned plan_graph(const BuildSource& source, const BuildOptions& options) {
  Planned planned{
      prepare_for_tensorrt(source.graphs.front(), prepare_options(source)), {}, {}, {}, {}};
  planned.profiles = resolve_profiles(planned.prepared.graph, options);
  return planned;
}

/// The RPN with the scatter before it: a detector's plan.
Planned plan_model(const BuildSource& source, const BuildOptions& options) {
  if (!options.profiles.empty() || options.dynamic_pillars) {
    throw Error(ErrorCode::invalid_argument, source.path,
                "a model's plan takes any number of pillars up to its max_pillars; profiles are "
                "for a single ONNX graph");
  }
  Planned planned{{}, {}, prove_model(*source.model, source.graphs), {}, {}};
  const ProvenModel& model = *planned.model;
  planned.prepared = prepare_for_tensorrt(model.pieces.back());
  planned.prepared.graph = scattered_rpn(planned.prepared.graph);
  planned.prepared.notes.front() = "the plan is the RPN and its scatter; the PFN runs on the CPU";
  const std::int64_t most = model.spec.pillars.max_pillars;
  std::vector<InputProfile>& inputs = planned.profiles.emplace_back().inputs;
  for (const ValueId id : planned.prepared.graph.inputs) {
    const Value& input = planned.prepared.graph.values[id];
    InputProfile profile{input.name, *input.shape, *input.shape, *input.shape};
    profile.min[0] = 1;
    profile.opt[0] = std::min(kUsualPillars, most);
    profile.max[0] = most;
    inputs.push_back(std::move(profile));
  }
  return planned;
}

std::vector<std::byte> engine_of(std::vector<std::byte> plan, Planned planned,
                                 const BuildOptions& options, const std::string& source,
                                 const TensorRtLibrary& library) {
  EngineContents contents;
  contents.precision.requested = contents.precision.effective = options.precision;
  contents.target = {this_architecture(), kTensorRtBackend, stored_name(library)};
  contents.origin = {this_tool(), fs::path(source).filename().string(),
                     hash_text(std::span<const std::byte>(plan))};
  for (const LayerRequest& layer : options.layers)
    contents.precision.set.push_back({layer.layer, layer.precision});
  contents.precision.layers = std::move(planned.layers);
  contents.calibration = std::move(planned.calibration);
  contents.profiles = std::move(planned.profiles);
  contents.plan = std::move(plan);
  if (planned.model) {
    contents.model = std::move(planned.model->spec);
    contents.graphs = std::move(planned.model->pieces);
  }
  return encode(contents);
}

}  // namespace

TensorRtReport onnx2plan(const std::string& onnx, const std::string& output,
                         const BuildOptions& options, const TensorRtBuild& tensorrt) {
  const auto enter = [&](const char* phase) {
    if (options.on_phase) options.on_phase(phase);
  };
  const AskedGraphPrecision asked = asked_graph_precision(options);
  PlanOptions plan_options{options.workspace,
                           asked.precision,
                           tensorrt.version_compatible,
                           hardware_called(tensorrt.hardware),
                           !tensorrt.timing_cache.empty(),
                           {},
                           options.log};
  const TensorRtLibrary library = choose_tensorrt(tensorrt.places);  // Before a graph is read.
  enter("read");
  const BuildSource source = read_build_source(onnx);
  refuse_to_replace(source, output);
  std::error_code failure;
  if (!options.overwrite && fs::exists(output, failure)) {
    throw Error(ErrorCode::mismatch, output, "is there; without --no-overwrite it's replaced");
  }
  enter("check");
  const bool is_detector = source.model && !tensorrt.raw;
  Planned planned = is_detector ? plan_model(source, options) : plan_graph(source, options);
  PreparedGraph& prepared = planned.prepared;
  if (asked.calibration.given()) enter("calibrate");
  planned.calibration = calibrate_graph_precision(asked, source, planned.model, options);
  if (asked.precision == Precision::int8 || !chooses_types(library))
    planned.layers = say_precision(prepared, asked, planned.calibration);
  const std::vector<std::byte> timings = stored_timings(tensorrt.timing_cache);
  plan_options.timings = timings;
  enter("compile");
  BuiltPlan built = build_tensorrt_plan(library, write_onnx(prepared.graph),
                                        dynamic_ones(prepared.graph, planned.profiles),
                                        is_quantized(prepared.graph), plan_options);
  if (!built.timings.empty()) write_file_durably(tensorrt.timing_cache, built.timings);
  std::vector<std::byte> plan = std::move(built.plan);
  TensorRtReport report{name_of(library), std::move(prepared.notes), 0, plan.size()};
  if (!tensorrt.raw) plan = engine_of(std::move(plan), std::move(planned), options, onnx, library);
  report.bytes = plan.size();
  enter("write");
  write_file_durably(output, plan);
  return report;
}

}  // namespace colonnade
