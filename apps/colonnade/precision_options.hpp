// The options that say what a network's convolutions are to compute with, layer by layer.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "colonnade/build.hpp"

namespace colonnade {

struct PrecisionOptions {
  std::vector<std::string> layers, calibrate;
  std::string precision = "fp32", method = "minmax", save_calibration;
};

/// --precision, --layer-precision, --calibrate, --calibration-method and --save-calibration.
void add_precision_options(CLI::App& verb, PrecisionOptions& options);

/// Error(invalid_argument): a layer without a precision; errors of folders of clouds.
void take_precision_options(const PrecisionOptions& from, BuildOptions& to);

}  // namespace colonnade
