// Whether a graph of static shapes may run, before anything is allocated for it.
#pragma once

#include "backends/cpu/plan.hpp"
#include "kernels/cost.hpp"

namespace colonnade::cpu {

/// Each node's operations are counted and its own tensors held against `limits`; Error(limit) names
/// the node. `graph`: propagated, all shapes static.
void check_limits(const Graph& graph, const RunLimits& limits);

/// What an execution of the plan holds.
double bytes_of(const Plan& plan);
/// Of the same. Error(limit).
void check_limits(const Plan& plan, const RunLimits& limits);

}  // namespace colonnade::cpu
