// From ONNX to a TensorRT plan, by a TensorRT that this machine has.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "colonnade/build.hpp"
#include "colonnade/export.hpp"
#include "colonnade/tensorrt_places.hpp"

namespace colonnade {

struct TensorRtBuild {
  TensorRtPlaces places;
  bool raw = false;  ///< The plan alone, as trtexec loads it; else an engine file with it.
  /// Where the builder keeps what it timed, for the next build on this device; made where there is
  /// none. Empty: nowhere.
  std::string timing_cache;
  bool version_compatible = false;  ///< Later TensorRTs of this major version run the plan too.
  /// Devices that run the plan, by trtexec's names: "none" (the one it's built on), "ampere+",
  /// "sameComputeCapability".
  std::string hardware = "none";
};

struct TensorRtReport {
  std::string library;             ///< "TensorRT-RTX 1.7.1"
  std::vector<std::string> notes;  ///< What was changed in the graph.
  std::uint64_t bytes = 0;         ///< Of the file that was written.
  std::uint64_t plan_bytes = 0;    ///< Of the plan in it; the same if `raw`.
};

/// Builds `output` of an ONNX graph or of a model.yaml. Of the latter it's an engine for Detector,
/// whose RPN is a plan that takes pillars, while the PFN runs on the CPU; `raw`: the plan of its
/// only graph. Of `options` precision, what INT8 goes by, layers (which may stay "fp32" in INT8),
/// profiles, dynamic_pillars, workspace, overwrite and the callbacks count. Error: as onnx2engine;
/// unsupported: no TensorRT that can be used, or what it refuses.
COLONNADE_EXPORT TensorRtReport onnx2plan(const std::string& onnx, const std::string& output,
                                          const BuildOptions& options,
                                          const TensorRtBuild& tensorrt);

}  // namespace colonnade
