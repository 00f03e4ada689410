#include "backends/cpu/links.hpp"

namespace colonnade::cpu {

Links::Links(const Graph& graph)
    : producer(graph.values.size(), kNoNode),
      readers(graph.values.size()),
      is_output(graph.values.size(), false) {
  for (std::size_t n = 0; n < graph.nodes.size(); ++n) {
    for (const ValueId id : graph.nodes[n].outputs) {
      if (id != kNoValue) producer[id] = n;
    }
    for (const ValueId id : graph.nodes[n].inputs) {
      if (id != kNoValue) readers[id].push_back(n);
    }
  }
  for (const ValueId id : graph.outputs) is_output[id] = true;
}

}  // namespace colonnade::cpu
