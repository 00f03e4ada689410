// `build --backend tensorrt`: one ONNX graph, prepared, as a TensorRT plan.
#pragma once

#include <string>
#include <vector>

#include "colonnade/build.hpp"
#include "tensorrt/libraries.hpp"

namespace colonnade {

struct TensorRtBuild {
  TensorRtPlaces places;
  bool raw = false;  ///< The plan alone, as trtexec loads it; else an engine file with it.
  bool tf32 = false;
};

struct TensorRtReport {
  std::string library;             ///< "TensorRT-RTX 1.7.1"
  std::vector<std::string> notes;  ///< What was changed in the graph.
  std::uint64_t bytes = 0, plan_bytes = 0;
};

/// Builds `output` of an ONNX graph, or of a model.yaml that has one graph. Of `options` profiles,
/// dynamic_pillars, workspace, overwrite and the callbacks count.
/// Error: as onnx2engine; unsupported: no TensorRT that can be used, or what it refuses.
TensorRtReport onnx2plan(const std::string& onnx, const std::string& output,
                         const BuildOptions& options, const TensorRtBuild& tensorrt);

}  // namespace colonnade
