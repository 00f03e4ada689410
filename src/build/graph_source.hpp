// One graph to run, whatever file holds it.
#pragma once

#include <string>
#include <vector>

#include "backends/backend.hpp"
#include "engine_file/profile.hpp"
#include "engine_file/target.hpp"
#include "graph/graph.hpp"

namespace colonnade {

/// With what to run it: as asked for, or the engine's own.
struct GraphSource {
  Graph graph;
  std::vector<InputProfile> profile;  ///< The shapes that it may be run on; none: any.
  std::string backend;
  /// `isa`, and what it's to compute with.
  CompileOptions compile;
};

/// An .onnx file's, or an engine's of one. "auto" is an engine's own, else cpu, the fastest kernels
/// and fp32. Error(mismatch): an engine of a model, or for another target; else as what is read.
GraphSource open_graph(const std::string& file, const AskedTarget& asked);

}  // namespace colonnade
