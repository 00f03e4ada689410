// The scatter of any family as operators that every TensorRT has.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "graph/graph.hpp"

namespace colonnade {

struct StandardScatter {
  Graph graph;
  bool replaced = false;
  std::string note;  ///< What was replaced by what, or why nothing was; for people.
};

/// Replaces what lies between pillar features and BEV image by
///   row = y W + x; ScatterND(ConstantOfShape [H W, C], row [P, 1], features [P, C]);
///   Transpose; Reshape [1, C, H, W]
/// so that no canvas is stored and the number of pillars stays what it was, dynamic or not. That
/// it's the same is proven as plan/ proves it: the graph's own scatter runs on random pillars.
/// A plugin drops pillars beyond its count and cells outside of the image: their row is one more
/// that is cut off. ScatterBEV's `params`, numbers in the bits of floats, become an input
/// 'voxel_num' int32[1], the number of pillars; `image_size` {width, height} stands for the rest.
/// Pillars must lie in distinct cells, as pillars do: TensorRT writes duplicates in any order.
/// Error(unsupported | mismatch): a plugin that can't be replaced, which no parser would take.
StandardScatter standard_scatter(const Graph& graph,
                                 std::optional<std::array<std::int64_t, 2>> image_size);

}  // namespace colonnade
