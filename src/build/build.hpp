// The steps of a build, which a file and a cache share.
#pragma once

#include <cstdint>
#include <string>

#include "base/precision.hpp"
#include "build/precisions.hpp"
#include "build/source.hpp"
#include "colonnade/build.hpp"
#include "engine_file/contents.hpp"

namespace colonnade {

/// What is asked for: read, checked against the options, and named by all that decides its bytes.
struct BuildRequest {
  BuildSource source;
  EngineTarget target;
  PrecisionChoice precision;
  CalibrationSource calibration;
  std::vector<OptimizationProfile> profiles;
  std::string key;  ///< EngineOrigin::key.
};
BuildRequest read_request(const std::string& onnx, const BuildOptions& options);

/// Leaves `engine` if it's what is asked for, else builds it.
BuildReport fulfil(BuildRequest request, const std::string& engine, const BuildOptions& options);

}  // namespace colonnade
