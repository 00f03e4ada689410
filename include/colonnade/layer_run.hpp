// What one layer of a network took: for profiling.
#pragma once

#include <functional>
#include <string_view>

namespace colonnade {

/// One layer, once. A backend merges what it can (Pad, BatchNorm and ReLU into a convolution), so a
/// layer may be several nodes of the graph.
struct LayerRun {
  /// The graph's nodes, joined by " + "; distinct within a network.
  std::string_view name;
  std::string_view kind;       ///< "conv", "winograd", "copy", ..., "reference"
  std::string_view precision;  ///< What it was computed in: "fp32".
  double ms = 0;               ///< Wall clock.
  /// Multiplications and additions of the products that were done: what a sweep can't change isn't
  /// computed, and Winograd needs fewer. 0 where there are none, or they aren't counted.
  double flop = 0;
};

/// Called after each layer, from the thread that runs the network. Empty: nobody is told, and no
/// time is taken.
using LayerCallback = std::function<void(const LayerRun&)>;

}  // namespace colonnade
