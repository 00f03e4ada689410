// A model cut into the regions that its stages run: PFN, scatter, RPN.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "backends/backend.hpp"
#include "colonnade/model.hpp"
#include "graph/graph.hpp"
#include "kernels/linear_pfn/linear_pfn.hpp"

namespace colonnade {

/// Pillar points -> features. Run in chunks of `chunk` pillars, so that every shape is static
/// however many pillars a frame has, and so that a chunk's activations stay in cache.
struct PfnRegion {
  Graph graph;                       ///< One output: the features.
  std::vector<InputSource> sources;  ///< Of each graph input.
  std::vector<Shape> input_shapes;   ///< With `chunk` pillars.
  std::int64_t chunk = 0;
  std::int64_t channels = 0;
  bool pillars_first = true;  ///< The output is [.., chunk, .., channels, ..], else channels first.
  /// What the graph comes to, where it was proven to be one layer and a maximum, or a SlotSum.
  std::optional<LinearPfn> linear;
  std::string note;  ///< How it's run and why, for people.
};

/// Pillar features -> BEV image [1, channels, height, width].
struct ScatterRegion {
  std::int64_t channels = 0, height = 0, width = 0;
  std::string note;  ///< "ScatterND 'ScatterND_310', proven by probe" or "native: no graph".
};

/// BEV image -> the model's outputs.
struct RpnRegion {
  Graph graph;                         ///< One input: the image.
  std::vector<OutputBinding> outputs;  ///< Of each graph output, in order; `tensor` is unused.
};

/// What of an RPN needs no box and no direction: cells where no class can pass. None where the
/// graph itself decodes.
std::vector<OutputGate> output_gates(const RpnRegion& rpn);

struct Plan {
  PfnRegion pfn;
  ScatterRegion scatter;
  RpnRegion rpn;
};

/// What feeds each of the graph's inputs, in their order. Error(mismatch): model.yaml names another
/// input, or leaves one out.
std::vector<InputSource> input_sources(const GraphSpec& spec, const Graph& graph);

/// `pieces` are the graphs of spec.graphs, in that order. The scatter that a graph carries is
/// replaced by scattering the pillar list: that they're the same is proven by running the graph's
/// own on random pillars. Error(mismatch | unsupported) says which piece or tensor doesn't fit and
/// what would.
Plan make_plan(const ModelSpec& spec, const std::vector<Graph>& pieces);

/// A model in the form that needs no proof any more: two graphs, "PFN" and "RPN", with a spec that
/// binds them and is otherwise the same.
struct ProvenModel {
  ModelSpec spec;
  std::vector<Graph> pieces;
};

/// As make_plan, whose plan of the answer is the plan of the question.
ProvenModel prove_model(const ModelSpec& spec, const std::vector<Graph>& pieces);

}  // namespace colonnade
