// What an engine is built from, read.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "colonnade/model.hpp"
#include "graph/graph.hpp"

namespace colonnade {

struct BuildSource {
  std::string path;
  std::optional<ModelSpec> model;  ///< Nothing: a single ONNX graph.
  std::vector<Graph> graphs;
  std::vector<std::string> files;  ///< All that was read.
};

/// A model.yaml by its name's end, else an ONNX graph. Errors as their readers'; Error(mismatch):
/// an engine file.
BuildSource read_build_source(const std::string& path);

/// Error(invalid_argument) where `output` is one of the files that were read.
void refuse_to_replace(const BuildSource& source, const std::string& output);

}  // namespace colonnade
