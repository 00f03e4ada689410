#include "backends/cpu/limits.hpp"

#include <fmt/core.h>

#include <vector>

#include "colonnade/error.hpp"
#include "kernels/run_node.hpp"

namespace colonnade::cpu {
namespace {

std::vector<TypeInfo> types_of(const Graph& graph, const std::vector<ValueId>& ids) {
  std::vector<TypeInfo> types;
  for (const ValueId id : ids) {
    TypeInfo& type = types.emplace_back();
    type.present = id != kNoValue;
    if (!type.present) continue;
    type.dtype = graph.values[id].dtype;
    type.shape = graph.values[id].shape;
  }
  return types;
}

}  // namespace

void check_limits(const Graph& graph, const RunLimits& limits) {
  Budget budget(limits);
  for (const TypeInfo& input : types_of(graph, graph.inputs)) {
    budget.hold(bytes_of(input));
  }
  for (const Node& node : graph.nodes) {
    const auto cost = cost_of(node, types_of(graph, node.inputs), types_of(graph, node.outputs));
    try {
      if (cost) budget.admit(*cost);
    } catch (const Error& error) {
      throw Error(error.code(), place_of(node), error.what());
    }
  }
}

double bytes_of(const Plan& plan) {
  return static_cast<double>(plan.arena_bytes) + static_cast<double>(plan.kept_bytes) +
         static_cast<double>(plan.scratch_bytes) +
         static_cast<double>(plan.winograd_floats + plan.winograd_task_floats) * sizeof(float) +
         static_cast<double>(plan.band_floats) * sizeof(float);
}

void check_limits(const Plan& plan, const RunLimits& limits) {
  const double bytes = bytes_of(plan);
  if (bytes <= limits.bytes) return;
  throw Error(ErrorCode::limit, fmt::format("the graph's activations need {}; a run may hold {}",
                                            bytes_text(bytes), bytes_text(limits.bytes)));
}

}  // namespace colonnade::cpu
