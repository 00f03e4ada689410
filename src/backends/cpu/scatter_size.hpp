// ScatterBEV's image size, which its exporter gives as elements of an input.
#pragma once

#include <optional>
#include <span>

#include "graph/graph.hpp"

namespace colonnade::cpu {

/// ScatterBEV's params: uint32 in the bits of float32 [1,1,1,5].
struct ScatterParams {
  std::int64_t channels = 0, height = 0, width = 0, count = 0;
};
ScatterParams read_scatter_params(const float* params) noexcept;

/// Writes the size that these inputs give into each ScatterBEV that has none of its own, so that
/// shapes no longer depend on elements. `inputs` as for Session::run.
void fix_scatter_sizes(Graph& graph, std::span<const ConstTensorView> inputs);

}  // namespace colonnade::cpu
