// Where a graph turns pillar features into a BEV image, whoever exported it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "graph/graph.hpp"

namespace colonnade {

/// The scatter of a graph: everything between `features` and `image`.
struct ScatterSite {
  ValueId features = kNoValue;        ///< Pillar features as they leave the PFN.
  ValueId image = kNoValue;           ///< [1, C, H, W], as the backbone reads it.
  std::vector<ValueId> index_inputs;  ///< Graph inputs that place the pillars (coords, count, ...).
  std::string node;                   ///< The node that writes into the canvas, for people.
};

/// Finds the site, or tells in `why_not` what was looked for and not found.
/// Recognised: the field's plugins; Scatter, ScatterElements or ScatterND into a canvas that
/// doesn't depend on any graph input, with indices that don't depend on the features.
std::optional<ScatterSite> find_scatter(const Graph& graph, std::string& why_not);

}  // namespace colonnade
