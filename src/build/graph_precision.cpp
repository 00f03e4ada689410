#include "build/graph_precision.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "colonnade/error.hpp"
#include "engine_file/target.hpp"
#include "tensorrt/quantize.hpp"
#include "tensorrt/reduce_precision.hpp"

namespace colonnade {
namespace {

constexpr const char* kAllWide = "no convolution stands behind a BEV image: all stays float32";

void reduce(PreparedGraph& prepared, DType type) {
  ReducedGraph reduced = reduce_precision(prepared.graph, type);
  prepared.graph = std::move(reduced.graph);
  prepared.notes.push_back(
      reduced.convolutions > 0
          ? fmt::format("{} convolutions compute with {}, the rest with float32",
                        reduced.convolutions, name_of(type))
          : std::string(kAllWide));
}

std::string joined(const std::vector<std::string>& names) {
  std::string all;
  for (const std::string& name : names) all += fmt::format("{}'{}'", all.empty() ? "" : ", ", name);
  return all;
}

std::vector<EnginePrecision::Layer> quantize(PreparedGraph& prepared,
                                             const std::vector<TensorRange>& ranges,
                                             const std::vector<std::string>& left) {
  if (is_quantized(prepared.graph)) {
    throw Error(ErrorCode::invalid_argument, "precision int8",
                "the graph has its exporter's QuantizeLinear and DequantizeLinear nodes, which "
                "are built as they stand; leave --precision and --calibrate out");
  }
  QuantizedGraph quantized = quantize_convolutions(prepared.graph, ranges, left);
  prepared.graph = std::move(quantized.graph);
  if (quantized.narrow.empty()) {
    prepared.notes.emplace_back(kAllWide);
    return {};
  }
  prepared.notes.push_back(fmt::format("{} convolutions compute with int8, the rest with float32",
                                       quantized.narrow.size()));
  if (!quantized.wide.empty()) {
    prepared.notes.push_back("float32, as the range of their input isn't known: " +
                             joined(quantized.wide));
  }
  std::vector<EnginePrecision::Layer> layers;
  for (const std::string& name : quantized.narrow) layers.push_back({name, "int8"});
  for (const std::string& name : quantized.wide) layers.push_back({name, "fp32"});
  for (const std::string& name : left) layers.push_back({name, "fp32"});
  return layers;
}

}  // namespace

bool is_quantized(const Graph& graph) {
  return std::any_of(graph.nodes.begin(), graph.nodes.end(), [](const Node& node) {
    return std::holds_alternative<op::QuantizeLinear>(node.op) ||
           std::holds_alternative<op::DequantizeLinear>(node.op);
  });
}

AskedGraphPrecision asked_graph_precision(const BuildOptions& options) {
  AskedGraphPrecision asked{parse_precision(options.precision), {}, {}};
  for (const LayerRequest& layer : options.layers) {
    if (asked.precision != Precision::int8 || layer.precision != "fp32") {
      throw Error(ErrorCode::unsupported,
                  fmt::format("--layer-precision {}={}", layer.layer, layer.precision),
                  "a layer that TensorRT is given can be set to fp32, where --precision is int8");
    }
    asked.left_wide.push_back(layer.layer);
  }
  asked.calibration = calibration_source(options);
  return asked;
}

std::optional<EngineCalibration> calibrate_graph_precision(const AskedGraphPrecision& asked,
                                                           const BuildSource& source,
                                                           const std::optional<ProvenModel>& proven,
                                                           const BuildOptions& options) {
  if (!asked.calibration.given()) return {};
  EngineContents contents;
  contents.target = {this_architecture(), "cpu", std::string(isa_name(parse_isa("auto")))};
  contents.graphs = source.graphs;
  if (source.model) {
    ProvenModel model = proven ? *proven : prove_model(*source.model, source.graphs);
    contents.model = std::move(model.spec);
    contents.graphs = std::move(model.pieces);
  }
  return calibrate(asked.calibration, contents, content_hash(source.graphs), options);
}

std::vector<EnginePrecision::Layer> say_precision(
    PreparedGraph& prepared, const AskedGraphPrecision& asked,
    const std::optional<EngineCalibration>& calibration) {
  switch (asked.precision) {
    case Precision::fp32:
    case Precision::tf32: break;
    case Precision::fp16: reduce(prepared, DType::f16); break;
    case Precision::bf16: reduce(prepared, DType::bf16); break;
    case Precision::int8:
      return quantize(prepared, calibration ? calibration->ranges : std::vector<TensorRange>{},
                      asked.left_wide);
  }
  return {};
}

}  // namespace colonnade
