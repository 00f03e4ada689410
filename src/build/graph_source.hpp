// One graph to run, whatever file holds it.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "backends/backend.hpp"
#include "engine_file/target.hpp"
#include "graph/graph.hpp"
#include "graph/profile.hpp"

#include "colonnade/tensorrt.hpp"

namespace colonnade {

/// With what to run it: as asked for, or the engine's own.
struct GraphSource {
  Graph graph;                                ///< Of a TensorRT plan its inputs and outputs alone.
  std::vector<OptimizationProfile> profiles;  ///< The shapes that it may be run on; none: any.
  std::string backend;
  CompileOptions options;  ///< `isa`, and what it's to compute with; of a plan its precision alone.
  std::shared_ptr<const Program> plan;  ///< TensorRT's...
  std::string machine;                  ///< ...its version and its device.

  /// As Backend::compile; a plan is compiled already.
  std::shared_ptr<const Program> compile(std::span<const Shape> shapes,
                                         const CompileOptions& given) const;
  PrecisionChoice precision() const;
  std::string isa_name() const;  ///< As Backend's.
};

/// An .onnx file's, an engine's of one, or, where tensorrt is asked for, a plan's alone, as `build
/// --raw` writes it. "auto" is an engine's own, else cpu, the fastest kernels and fp32. `places`
/// are for plans. Error(mismatch): an engine of a model, or for another target; else as what is
/// read.
GraphSource open_graph(const std::string& file, const AskedTarget& asked,
                       const TensorRtPlaces& places = {});

}  // namespace colonnade
