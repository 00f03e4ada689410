#include "engine_file/contents.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "base/compress.hpp"
#include "base/file.hpp"
#include "base/hash.hpp"
#include "colonnade/error.hpp"
#include "engine_file/decoder.hpp"
#include "engine_file/encoder.hpp"
#include "engine_file/format.hpp"
#include "kernels/infer_graph.hpp"
#include "model/yaml_text.hpp"
#include "passes/remove_dead.hpp"

namespace colonnade {
namespace {

constexpr const char* kAbout = "about";  ///< EngineTarget, -Origin, -Precision, profiles.
constexpr const char* kModel = "model";  ///< model.yaml as text; no bytes: none.
constexpr const char* kGraphs = "graphs";
constexpr const char* kTensors = "tensors";    ///< A StoredTensor for each number.
constexpr const char* kGate = "gate";          ///< EngineGate, or none.
constexpr const char* kCalibration = "calib";  ///< EngineCalibration, or none.
constexpr const char* kWarm = "warm";
constexpr const char* kWarmTensors = "warmtens";  ///< As kTensors, of those...
constexpr const char* kWarmData = "warmdata";     ///< ...whose bytes are compressed.
constexpr const char* kWeights = "weights";
constexpr const char* kPlan = "plan";  ///< As TensorRT gave it; engines of graphs have none.

/// As the reader of ONNX leaves a graph: verified, without nodes that nothing needs, inputs of
/// something, and types that don't contradict each other.
Graph checked(const Graph& stored) {
  try {
    verify(stored);
    Graph graph = remove_dead(stored);
    for (const ValueId id : graph.inputs) {
      const Value& input = graph.values[id];
      if (!input.shape || std::count(input.shape->begin(), input.shape->end(), 0) == 0) continue;
      throw Error(ErrorCode::format, fmt::format("input '{}' is declared as {}", input.name,
                                                 input.shape->to_string()));
    }
    infer_graph(graph);
    return graph;
  } catch (const Error& error) {
    // What would be a pass's defect elsewhere is a damaged file here.
    if (error.code() != ErrorCode::internal) throw;
    throw Error(ErrorCode::format, error.what());
  }
}

/// Each of the same inputs, and of the graph's, where there's no plan in its place.
void check_profiles(const EngineContents& contents) {
  if (contents.profiles.empty()) return;
  const std::vector<InputProfile>& first = contents.profiles[0].inputs;
  const bool fits = !contents.plan.empty() || (contents.graphs.size() == 1 &&
                                               contents.graphs[0].inputs.size() == first.size());
  for (const OptimizationProfile& profile : contents.profiles) {
    if (!fits || profile.inputs.size() != first.size())
      throw Error(ErrorCode::format, "its profile isn't one of its graph's inputs");
    for (std::size_t i = 0; i < first.size(); ++i) {
      const InputProfile& input = profile.inputs[i];
      const std::size_t rank = first[i].min.rank();
      if (input.min.rank() == rank && input.opt.rank() == rank && input.max.rank() == rank)
        continue;
      throw Error(ErrorCode::format,
                  fmt::format("its profile of input '{}' has shapes of several ranks", input.name));
    }
  }
}

template <typename F>
void in_section(const char* section, const std::string& where, F&& read) {
  try {
    read();
  } catch (const Error& error) {
    if (error.where() == where) throw;  // A section that isn't there: it's said already.
    throw Error(error.code(), where,
                fmt::format("is a damaged engine file: section '{}': {}", section, error.what()));
  }
}

}  // namespace

std::vector<std::byte> encode(const EngineContents& contents) {
  WeightWriter weights, backgrounds;
  Encoder about(weights), calibration(weights), gate(weights), graphs(weights), tensors(weights),
      warm(backgrounds), warm_tensors(backgrounds);
  about.put(contents.target);
  about.put(contents.origin);
  about.put(contents.precision);
  about.put(contents.profiles);
  calibration.put(contents.calibration);
  gate.put(contents.gate);
  graphs.put(contents.graphs);
  warm.put(contents.warm);
  tensors.put(weights.table());
  warm_tensors.put(backgrounds.table());
  const std::vector<std::byte> warm_data = compress(backgrounds.bytes());
  const std::string model = contents.model ? model_yaml_text(*contents.model) : std::string();
  std::vector<Section> sections = {{kAbout, about.bytes()},
                                   {kModel, std::as_bytes(std::span(model))},
                                   {kCalibration, calibration.bytes()},
                                   {kGate, gate.bytes()},
                                   {kGraphs, graphs.bytes()},
                                   {kWarm, warm.bytes()},
                                   {kWarmTensors, warm_tensors.bytes()},
                                   {kWarmData, warm_data},
                                   {kTensors, tensors.bytes()},
                                   {kWeights, weights.bytes()}};
  if (!contents.plan.empty()) sections.push_back({kPlan, contents.plan});
  return frame_sections(sections);
}

EngineContents decode(std::span<const std::byte> bytes, std::shared_ptr<const void> owner,
                      const std::string& where) {
  const std::vector<Section> sections = read_sections(bytes, where);
  const auto section = [&](const char* name) { return find_section(sections, name, where); };
  EngineContents contents;
  in_section(kAbout, where, [&] {
    Decoder about(section(kAbout), nullptr);
    contents.target = about.take<EngineTarget>();
    contents.origin = about.take<EngineOrigin>();
    contents.precision = about.take<EnginePrecision>();
    contents.profiles = about.take<std::vector<OptimizationProfile>>();
    about.finish();
  });
  const auto plan = std::find_if(sections.begin(), sections.end(),
                                 [](const Section& one) { return one.name == kPlan; });
  if (plan != sections.end()) contents.plan.assign(plan->bytes.begin(), plan->bytes.end());
  in_section(kCalibration, where, [&] {
    Decoder calibration(section(kCalibration), nullptr);
    contents.calibration = calibration.take<std::optional<EngineCalibration>>();
    calibration.finish();
  });
  in_section(kGate, where, [&] {
    Decoder gate(section(kGate), nullptr);
    contents.gate = gate.take<std::optional<EngineGate>>();
    gate.finish();
  });
  in_section(kModel, where, [&] {
    const auto text = section(kModel);
    if (text.empty()) return;
    contents.model = parse_model_yaml({reinterpret_cast<const char*>(text.data()), text.size()},
                                      "model.yaml in it");
  });
  in_section(kGraphs, where, [&] {
    Decoder tensors(section(kTensors), nullptr);
    const auto table = tensors.take<std::vector<StoredTensor>>();
    tensors.finish();
    const WeightReader weights(table, section(kWeights), std::move(owner));
    Decoder graphs(section(kGraphs), &weights);
    contents.graphs = graphs.take<std::vector<Graph>>();
    graphs.finish();
    for (Graph& graph : contents.graphs) graph = checked(graph);
    check_profiles(contents);
  });
  in_section(kWarm, where, [&] {
    const Decompressed data = decompress(section(kWarmData));
    Decoder tensors(section(kWarmTensors), nullptr);
    const auto table = tensors.take<std::vector<StoredTensor>>();
    tensors.finish();
    const WeightReader backgrounds(table, data.bytes, data.owner);
    Decoder warm(section(kWarm), &backgrounds);
    contents.warm = warm.take<std::vector<Tensor>>();
    warm.finish();
  });
  return contents;
}

EngineContents read_engine(const std::string& path) {
  const auto file = WholeFile::read(path);
  return decode(file->bytes(), file, path);
}

bool is_model_engine(const std::string& path) {
  if (!is_engine_file(path)) return false;
  const auto file = WholeFile::read(path);
  return !find_section(read_sections(file->bytes(), path), kModel, path).empty();
}

std::string content_hash(std::span<const Graph> graphs) {
  WeightWriter weights;
  Encoder encoder(weights);
  for (const Graph& graph : graphs) encoder.put(graph);
  encoder.put(weights.table());
  return hash_text(encoder.bytes()) + hash_text(weights.bytes());
}

}  // namespace colonnade
