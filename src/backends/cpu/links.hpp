// Who makes a value and who reads it.
#pragma once

#include <cstdint>
#include <vector>

#include "graph/graph.hpp"

namespace colonnade::cpu {

inline constexpr std::size_t kNoNode = SIZE_MAX;

/// Node indices of a graph; stale once the graph's nodes change places or links.
struct Links {
  std::vector<std::size_t> producer;              ///< By value; kNoNode: an input or a constant.
  std::vector<std::vector<std::size_t>> readers;  ///< By value; the graph's outputs not counted.
  std::vector<bool> is_output;                    ///< By value.

  explicit Links(const Graph& graph);

  /// The only reader of a value that nothing else sees; kNoNode if there is none or several.
  std::size_t only_reader(ValueId value) const {
    return !is_output[value] && readers[value].size() == 1 ? readers[value][0] : kNoNode;
  }
};

}  // namespace colonnade::cpu
