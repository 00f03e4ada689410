// INT8 for a library that takes it from the graph: QuantizeLinear and DequantizeLinear nodes.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/tensor_range.hpp"
#include "graph/graph.hpp"

namespace colonnade {

struct QuantizedGraph {
  Graph graph;
  std::vector<std::string> narrow;  ///< Names of the convolutions that compute with int8...
  std::vector<std::string> wide;    ///< ...and that don't, as their input's range isn't known.
};

/// The convolutions with constant weights whose input has a range, the transposed ones of one group
/// included, read their input and their weights through a pair of Q and DQ, which TensorRT merges
/// into one of int8. It wants zero to be byte 0 and one scale a map: the largest of |low| and the
/// highs, / 127. Weights have one scale an output channel; they stay float32 before their pair, the
/// form that 8 takes too. A map that several read has one pair. `left` are names of nodes that stay
/// float32; Error(invalid_argument): one is no convolution of the graph, though others are its.
QuantizedGraph quantize_convolutions(const Graph& graph, std::span<const TensorRange> ranges,
                                     std::span<const std::string> left = {});

}  // namespace colonnade
