// Which of a graph's outputs are class scores, box codes and directions.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "colonnade/model.hpp"
#include "graph/graph.hpp"
#include "model/rules.hpp"

namespace colonnade {

/// How a head's map leaves the graph, as far as the graph tells.
struct MapTrace {
  std::optional<std::int64_t> channels;  ///< Values a cell of the map.
  std::optional<MapLayout> layout;
};

/// From the last convolution before the output: after the reader, outputs have no shape.
MapTrace trace_map(const Graph& graph, ValueId output);

/// Values a map cell that a head's output must have. Box codes: see BoxCoding.
std::int64_t anchors_a_cell(const HeadSpec& head);
std::int64_t codes_a_box(const BoxCoding& box);
std::int64_t map_channels(const ModelSpec& spec, const HeadSpec& head, OutputMeaning meaning);

/// Bindings of the outputs of the piece that ends with the heads; may set
/// spec.anchor_layout.layout to what the graph shows. Error(mismatch) says what doesn't fit.
std::vector<OutputBinding> bind_heads(const Graph& graph, const std::string& where,
                                      Exporter exporter, ModelSpec& spec);

}  // namespace colonnade
