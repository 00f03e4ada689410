// Whether a PFN comes to one linear layer and a maximum over points, whichever operators say so.
#pragma once

#include <optional>
#include <string>

#include "kernels/linear_pfn/linear_pfn.hpp"
#include "plan/probe.hpp"

namespace colonnade {

/// The layer, or why there's none in `why_not`. Found by structure: a maximum, or a SlotSum,
/// behind a product with constant weights. Read off by running the graph: which feature each of the
/// product's inputs is on random pillars, and the weights as what the rest makes of one feature at
/// a time. Proven likewise: the whole graph on random pillars gives what the layer gives, within
/// rounding. `pillars_first`: a row of the graph's output is a pillar, else a channel.
std::optional<LinearPfn> find_linear_pfn(const BoundGraph& part, const ModelSpec& spec,
                                         bool pillars_first, std::string& why_not);

}  // namespace colonnade
