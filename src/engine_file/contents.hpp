// What an engine file holds, as values.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "colonnade/model.hpp"
#include "engine_file/calibration.hpp"
#include "engine_file/gate.hpp"
#include "graph/graph.hpp"
#include "graph/profile.hpp"

namespace colonnade {

/// The backend of engines that hold a TensorRT plan.
inline constexpr const char* kTensorRtBackend = "tensorrt";

/// What an engine was built for. Its graphs are data, packed when it's opened, but results differ
/// between instruction sets by rounding.
struct EngineTarget {
  std::string architecture;  ///< "x86-64", "arm64".
  std::string backend;       ///< "cpu", "reference", "tensorrt".
  std::string isa;           ///< "avx2", ...: the most that kernels use; TensorRT's version.
};

/// What it was built from and by.
struct EngineOrigin {
  std::string tool;    ///< "colonnade 0.1.0".
  std::string source;  ///< File name of the ONNX graph or model.yaml, without its folder.
  std::string key;     ///< Hash of graphs, weights, model, target, options and tool.
};

/// What its convolutions compute with: "fp32", "bf16", ...
struct EnginePrecision {
  struct Layer {
    std::string name, precision;
  };
  std::string requested = "fp32", effective = "fp32";
  std::vector<Layer> set;     ///< Layers for which another one was requested.
  std::vector<Layer> layers;  ///< Those with weights, effective; none where shapes are dynamic.
};

struct EngineContents {
  EngineTarget target;
  EngineOrigin origin;
  EnginePrecision precision;
  /// Of a model: its `graphs` are here called "PFN" and "RPN", the scatter between them is proven
  /// and gone. Nothing: the engine of one ONNX graph.
  std::optional<ModelSpec> model;
  std::vector<Graph> graphs;
  std::vector<OptimizationProfile> profiles;  ///< Of a single graph, or of a plan.
  /// Of a model's RPN, compiled as EngineOptions' defaults have it: Program::warm_up.
  std::vector<Tensor> warm;
  std::optional<EngineCalibration> calibration;  ///< What INT8 goes by.
  std::vector<std::byte> plan;                   ///< TensorRT's, in place of graphs; empty: none.
  std::optional<EngineGate>
      gate;  ///< What a gate found last; nothing: it never passed through one.
};

std::vector<std::byte> encode(const EngineContents& contents);

/// `bytes` are held by `owner` and aligned as WholeFile's are: weights stay where they lie.
/// Everything is checked as an ONNX file's content is. Error(format | unsupported | limit) at
/// `where`, the file's name.
EngineContents decode(std::span<const std::byte> bytes, std::shared_ptr<const void> owner,
                      const std::string& where);
EngineContents read_engine(const std::string& path);

/// Whether the file is an engine of a model; nothing in its sections is decoded. No of a file that
/// is no engine or can't be read; errors of an engine's frame as read_engine's.
bool is_model_engine(const std::string& path);

/// Names these graphs and everything in them: equal content, equal text.
std::string content_hash(std::span<const Graph> graphs);

}  // namespace colonnade
