// One frame of the framework that trained a network, stage by stage, against the model's own.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "verify/tensor_error.hpp"

#include "colonnade/engine.hpp"

namespace colonnade {

/// What tools/trace_*.py write; `points` is required, a stage that's missing isn't compared.
///   points           [N, 4 or 5]  x, y, z, intensity, dt as they enter the voxelizer
///   coords           [P, 3 or 4]  (batch,) z, y, x of each pillar
///   num_points       [P]
///   features         [P, slots, F] what enters the PFN's first layer
///   pillar_features  [P, C]
///   bev              [1, C, H, W]
///   head_NAME        an output of the graph, by its name
///   boxes            [K, 7]       x, y, z of the centre, length, width, height, yaw
///   scores, labels   [K]
using Trace = std::map<std::string, Tensor>;

struct TraceOptions {
  Tolerance tolerance;
  double corners_within = .01;
};

struct TraceStage {
  std::string name;
  bool compared = false, fits = true;
  std::string detail;  ///< What was compared, and how it came out; or why it wasn't.
  std::string cause;   ///< Of a stage that doesn't fit: what likely makes it differ.
};

/// In the order of the data. Pillars are paired by their cells: frameworks number them otherwise.
/// Error(mismatch): the trace has no points, or arrays that can't be what they're called.
std::vector<TraceStage> compare_trace(const std::string& model_yaml, const Trace& trace,
                                      const EngineOptions& engine, const TraceOptions& options);

/// A line a stage, and one that names the first that differs and why.
std::string to_text(const std::vector<TraceStage>& stages);

}  // namespace colonnade
