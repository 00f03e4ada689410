// What a build's options say about precision, made into what an engine holds of it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "colonnade/build.hpp"
#include "detector/engine_body.hpp"
#include "engine_file/contents.hpp"

namespace colonnade {

/// Where the ranges come from, and its content: all that decides them but the network.
struct CalibrationSource {
  std::vector<std::string> files;          ///< To run on; or none, with
  std::optional<EngineCalibration> saved;  ///< a calibration.
  std::vector<std::string> hashes;         ///< Of the files.
  bool given() const { return saved || !files.empty(); }
};

/// Checked against each other. Error(invalid_argument): INT8 without a calibration or the other way
/// round, no such method or precision; io: a file.
CalibrationSource calibration_source(const BuildOptions& options);

/// `model`: content_hash of the graphs as they were read. Error(mismatch): a saved calibration is
/// of another network; else as calibrate_model's. Writes options.save_calibration.
EngineCalibration calibrate(const CalibrationSource& source, const EngineContents& contents,
                            const std::string& model, const BuildOptions& options);

/// How an engine that stands in a file so will be compiled: for a model as EngineOptions' defaults
/// have it.
ModelTarget target_of(const EngineContents& contents);

/// Compiles as opening and running will, so that an engine that was built can be; notes the layers'
/// precisions and what the first frame would find out. Error(invalid_argument): contents.precision
/// sets a layer that isn't there.
void compile(EngineContents& contents, double most_bytes);

}  // namespace colonnade
