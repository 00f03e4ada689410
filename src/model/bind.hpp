// Rules and graphs become a model: pieces put into the order of the data, caps read from them.
#pragma once

#include <span>
#include <vector>

#include "colonnade/model.hpp"
#include "model/import.hpp"
#include "model/rules.hpp"

namespace colonnade {

struct BoundModel {
  ModelSpec spec;
  std::vector<Graph> graphs;  ///< In the order of spec.graphs.
};

/// Error(mismatch) where the graphs don't chain from points to heads or contradict the rules.
BoundModel bind_graphs(const Rules& rules, std::span<const GraphFile> files);

}  // namespace colonnade
