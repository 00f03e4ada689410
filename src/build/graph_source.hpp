// One graph to run, whatever file holds it.
#pragma once

#include <string>
#include <vector>

#include "engine_file/profile.hpp"
#include "graph/graph.hpp"

namespace colonnade {

struct GraphSource {
  Graph graph;
  std::vector<InputProfile> profile;  ///< The shapes that it may be run on; none: any.
  std::string backend, isa;           ///< As asked for, or the engine's own.
};

/// An .onnx file's, or an engine's of one; backend and isa "auto": an engine's own, else cpu and
/// the fastest. Error(mismatch): an engine of a model, or for another target; else as what is read.
GraphSource open_graph(const std::string& file, const std::string& backend, const std::string& isa);

}  // namespace colonnade
