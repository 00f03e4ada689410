// What another project's files say, as a ModelSpec: presets, OpenPCDet configs, second.pytorch
// configs. Each gives rules; the graphs are then recognised by their inputs and bound to them.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "colonnade/model.hpp"
#include "graph/graph.hpp"

namespace colonnade {

/// One ONNX file of the user; order doesn't matter. The spec keeps the path's base name.
struct GraphFile {
  std::string path;
  Graph graph;
};

/// "key=value" with a dotted path into model.yaml: "post.score_threshold=0.3",
/// "grid.max=[69.12, 39.68, 1]", "heads[0].anchors[1].z=-0.6".
using Settings = std::span<const std::string>;

/// Names of the presets, in the order of documentation.
std::vector<std::string> preset_names();

/// Error(invalid_argument): no such preset or key. Error(mismatch): a graph doesn't fit; the
/// message gives the inputs that were expected and found.
ModelSpec import_preset(const std::string& name, std::span<const GraphFile> graphs,
                        Settings settings = {});

/// An OpenPCDet config (tools/cfgs/...), with or without _BASE_CONFIG_.
ModelSpec import_openpcdet(const std::string& config, std::span<const GraphFile> graphs,
                           Settings settings = {});

/// A second.pytorch pipeline.config (protobuf text), nutonomy's and SmallMunich's included.
ModelSpec import_second(const std::string& config, std::span<const GraphFile> graphs,
                        Settings settings = {});

}  // namespace colonnade
