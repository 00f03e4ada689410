// What the maps of a network reach on a user's clouds, in float32.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "calibrate/histogram.hpp"
#include "colonnade/model.hpp"
#include "detector/engine_body.hpp"
#include "engine_file/calibration.hpp"
#include "graph/graph.hpp"

namespace colonnade {

struct CalibrationRequest {
  std::vector<std::string> files;  ///< Clouds for a model; .npy of its input for a graph.
  CalibrationMethod method = CalibrationMethod::minmax;
  std::function<void(const std::string& file)> on_file;  ///< Before each; may be empty.
};

/// Of a model's RPN: `pieces` and `target` as compile_model's, whose precision isn't used. The
/// result's `model` and `method` are the caller's to set. Errors as read_cloud's and
/// Engine::open's; invalid_argument: a map that isn't finite.
EngineCalibration calibrate_model(const ModelSpec& spec, const std::vector<Graph>& pieces,
                                  const ModelTarget& target, const CalibrationRequest& request);

/// Of a graph with one input, which each file holds.
EngineCalibration calibrate_graph(const Graph& graph, const ModelTarget& target,
                                  const CalibrationRequest& request);

/// Of files' contents, in their order. Error(io).
std::vector<std::string> hashes_of(std::span<const std::string> files);

}  // namespace colonnade
