// Where a PFN's graph turns the features of a point into those of its pillar, by structure.
#pragma once

#include <optional>
#include <string>

#include "graph/graph.hpp"
#include "kernels/linear_pfn/linear_pfn.hpp"

namespace colonnade {

/// A graph that doesn't end as a PFN of one linear layer does.
struct NotLinear {
  std::string why;
};

struct PfnLayer {
  ValueId features = kNoValue;  ///< What a product with constant weights is made of.
  bool relu = false;
  /// The graph without its ReLU. It ends with the maximum over slots, or, where there's a SlotSum
  /// instead, with what that reads: [1, channels, pillars, slots].
  Graph without_relu;
  std::optional<SlotSum> sum;  ///< All but `rest`'s free slots: its last row, the bias, is there.
};

/// Throws NotLinear. `graph`: constants folded, one output.
PfnLayer find_pfn_layer(const Graph& graph);

}  // namespace colonnade
