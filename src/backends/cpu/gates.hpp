// Heads that are computed only where another head's answer is large enough (OutputGate).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "backends/backend.hpp"
#include "backends/cpu/plan.hpp"
#include "graph/graph.hpp"

namespace colonnade::cpu {

/// By node: whether it's a pointwise convolution that a gate is about, which must be a step of its
/// own. None of a gate whose outputs aren't such convolutions' answers, transposed at most.
std::vector<bool> gated_convolutions(const Graph& graph, std::span<const OutputGate> gates);

/// Fills BandedSteps::gates with those whose steps run in the same bands, and write maps that are
/// whole: what decides is then known where it's asked for. Comes after find_active.
void find_gates(Plan& plan, std::span<const OutputGate> gates);

}  // namespace colonnade::cpu
