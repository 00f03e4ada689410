// What a graph's scatter does, in words that another one can be made of.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "graph/graph.hpp"
#include "plan/find_scatter.hpp"

namespace colonnade {

struct ScatterForm {
  ScatterSite site;
  std::string onnx_op;  ///< Of the node that scatters: "Scatter", "PPScatterPlugin".
  bool is_plugin = false;
  ValueId coords = kNoValue;  ///< [P, 4] or [1, 1, P, 4].
  std::int64_t x_column = 3, y_column = 2;
  ValueId count = kNoValue;      ///< Of pillars; kNoValue: all rows are pillars.
  bool count_is_params = false;  ///< It's ScatterBEV's params.
  bool pillars_first = true;     ///< Features [P, C], else [C, P].
  std::size_t features_rank = 2;
  std::int64_t channels = 0, height = 0, width = 0;
  std::optional<std::int64_t> pillars;  ///< Nothing: dynamic.

  /// Whether rows beyond the count, and cells outside of the image, are no pillars: plugins have it
  /// so, and what a plugin was converted to.
  bool drops() const { return is_plugin || count != kNoValue; }
};

/// Finds the scatter, tries what its inputs may mean and proves which. Nothing, and `why_not`,
/// where the graph has none that is one.
std::optional<ScatterForm> recognise_scatter(const Graph& graph,
                                             std::optional<std::array<std::int64_t, 2>> image_size,
                                             std::string& why_not);

}  // namespace colonnade
