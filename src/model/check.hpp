// A model's spec against its graphs.
#pragma once

#include <span>

#include "colonnade/model.hpp"
#include "graph/graph.hpp"

namespace colonnade {

/// `graphs` in the order of spec.graphs. Error(mismatch), at the graph's file, names the key, what
/// the graph has and what the key says: a tensor that isn't there, a BEV image of another size,
/// another number of features, points or pillars, head maps of other channels. Output shapes are
/// compared where the graphs hold them (after inference), else by their last convolution.
void check_against_graphs(const ModelSpec& spec, std::span<const Graph> graphs);

}  // namespace colonnade
