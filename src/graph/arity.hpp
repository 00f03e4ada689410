// How many inputs and outputs each operator has. Kernels rely on it: verify holds it.
#pragma once

#include <cstddef>

#include "graph/graph.hpp"

namespace colonnade {

struct Arity {
  std::size_t min_inputs;  ///< These must be there; the rest up to max_inputs may be left out.
  std::size_t max_inputs;
  std::size_t max_outputs = 1;
};

Arity arity_of(const Op& op) noexcept;

/// Error(format) unless the node has as many inputs and outputs as its operator takes.
void check_arity(const Node& node);

}  // namespace colonnade
