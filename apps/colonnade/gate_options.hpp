// What build --gate and verify take and print.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "colonnade/build.hpp"
#include "verify/gate.hpp"

namespace colonnade {

struct GateOptions {
  std::vector<std::string> clouds;
  std::string labels, calib, format = "auto";
  int threads = 0;
  TensorRtPlaces tensorrt;                                 ///< For an engine with a plan.
  double matched = 99.5, invented = 0.5, precision = 0.5;  ///< Percent.
};

/// --labels, --calib, --format, --threads, --gate-matched, --gate-invented, --gate-ap.
void add_gate_options(CLI::App& verb, GateOptions& options);

/// What would be refused of the gate once `input` is built: better before.
void check_gate(const GateOptions& options, const std::string& input, const BuildOptions& build);

/// The gate's request; with a progress bar on standard error while FP32's boxes are found.
Gate open_gate(const std::string& engine, const GateOptions& options);

}  // namespace colonnade
