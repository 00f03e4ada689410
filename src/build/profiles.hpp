// The profiles that a build is asked for, against the graph.
#pragma once

#include <vector>

#include "colonnade/build.hpp"
#include "graph/graph.hpp"
#include "graph/profile.hpp"

namespace colonnade {

/// One at least, each with all of the graph's inputs. Error(invalid_argument): a name that the
/// graph doesn't have, an input with dynamic dimensions and no profile, min <= opt <= max not held,
/// another number where the graph has one, dynamic_pillars without a dimension that counts them, a
/// profile's number left out.
std::vector<OptimizationProfile> resolve_profiles(const Graph& graph, const BuildOptions& options);

}  // namespace colonnade
