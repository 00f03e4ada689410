// Two backends on one graph: inputs, and how close their outputs must be.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/tensor.hpp"
#include "graph/graph.hpp"

namespace colonnade::fuzz {

/// Floats in [-2, 2), integers in [0, 3).
Tensor random_tensor(DType dtype, const Shape& shape, std::uint64_t seed);

/// One for every input of the graph: its declared shape with 2 for what is dynamic. Nothing where
/// that's large.
std::optional<std::vector<Tensor>> inputs_of(const Graph& graph);

/// Ends the process where two runs of one session differ in a bit.
void expect_same_bits(const std::vector<Tensor>& first, const std::vector<Tensor>& second);

/// Ends the process where types differ. Values are compared only where rounding can't be amplified:
/// no operator that jumps (Floor, TopK, a comparison), no number beyond 1000 in any intermediate.
void expect_close(const Graph& graph, const std::vector<Tensor>& inputs,
                  const std::vector<Tensor>& reference, const std::vector<Tensor>& cpu);

}  // namespace colonnade::fuzz
