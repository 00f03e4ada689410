// What build --gate and verify take and print.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "verify/gate.hpp"

namespace colonnade {

struct GateOptions {
  std::vector<std::string> clouds;
  std::string labels, calib, format = "auto";
  int threads = 0;
  TensorRtPlaces tensorrt;  ///< For an engine with a plan.
};

/// --labels, --calib, --format, --threads.
void add_gate_options(CLI::App& verb, GateOptions& options);

/// With a progress bar on standard error; prints the report.
GateReport run_gate(const std::string& engine, const GateOptions& options);

}  // namespace colonnade
