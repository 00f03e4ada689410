// Random inputs that prove, by running the exporter's own graph, what the planner assumes of it.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/tensor.hpp"
#include "colonnade/model.hpp"
#include "frame/pillars.hpp"
#include "graph/graph.hpp"

namespace colonnade {

/// A part of a graph and what feeds it.
struct BoundGraph {
  Graph graph;
  std::vector<InputSource> sources;  ///< Of graph.inputs.
};

/// Distinct pillars on random cells (the grid's corners among them) with random points, owned. The
/// first is full.
class ProbePillars {
 public:
  ProbePillars(const ModelSpec& spec, std::int64_t count, std::uint64_t seed);
  Pillars view() const noexcept;

 private:
  std::vector<Point> points_;
  std::vector<std::int32_t> counts_;
  std::vector<PillarCell> cells_;
  std::int64_t max_points_;
};

/// Shape of a graph input for `pillars` pillars: its declared shape with the pillar dimension
/// replaced.
Shape input_shape(const Value& declared, InputSource source, const ModelSpec& spec,
                  std::int64_t pillars);

/// One tensor an input of `part`, filled from `pillars` (padded to `padded` rows), except the
/// inputs whose source is pillar_features, which take `features`.
std::vector<Tensor> fill_inputs(const BoundGraph& part, const ModelSpec& spec,
                                const Pillars& pillars, std::int64_t padded, const Tensor& features,
                                std::int64_t channels);

/// The pillar count that the graph's inputs are declared with; nothing where it's dynamic.
std::optional<std::int64_t> declared_pillars(const BoundGraph& part, const ModelSpec& spec);

/// `part` for that many pillars, whatever its inputs were declared with.
BoundGraph rebound(BoundGraph part, const ModelSpec& spec, std::int64_t pillars);

/// Whether each pillar's features depend on that pillar alone, as far as two runs on random pillars
/// can show: swapping the others must not change a bit.
bool pillars_are_independent(const BoundGraph& part, const ModelSpec& spec);

/// Runs the scatter part on `pillars` pillars of random features and compares each element with
/// scattering the list. `pillars_first`: a row of features_shape is a pillar, else a channel.
/// Error(mismatch) says where they differ first.
void prove_scatter(const BoundGraph& scatter, const ModelSpec& spec, const Shape& features_shape,
                   bool pillars_first, std::int64_t channels, std::int64_t pillars);

}  // namespace colonnade
