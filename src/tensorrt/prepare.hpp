// A graph as TensorRT's parsers take it, whoever exported it.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "graph/graph.hpp"

namespace colonnade {

struct PrepareOptions {
  /// {width, height} of the BEV image where the graph doesn't say it (ScatterBEV).
  std::optional<std::array<std::int64_t, 2>> image_size;
};

struct PreparedGraph {
  Graph graph;
  std::vector<std::string> notes;  ///< What was changed, a sentence each.
};

/// Constants folded (quantized weights stay as they are), the scatter in standard operators
/// (standard_scatter), BatchNormalization in convolutions, no float64. Outputs, their names and
/// dynamic dimensions stay.
PreparedGraph prepare_for_tensorrt(const Graph& graph, const PrepareOptions& options = {});

}  // namespace colonnade
