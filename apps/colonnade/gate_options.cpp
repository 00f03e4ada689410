#include "gate_options.hpp"

#include <fmt/core.h>

#include "cloud_files.hpp"
#include "report/progress.hpp"
#include "verbs.hpp"

namespace colonnade {

void add_gate_options(CLI::App& verb, GateOptions& options) {
  verb.add_option("--labels", options.labels,
                  "What is there, in any form that eval takes: average precision is held too")
      ->type_name("DIR|.jsonl|.json");
  verb.add_option("--calib", options.calib, "KITTI calibrations, for labels in KITTI's form")
      ->type_name("DIR|CALIB.txt");
  add_cloud_format(verb, options.format);
  add_threads(verb, options.threads);
}

GateReport run_gate(const std::string& engine, const GateOptions& options) {
  GateRequest request;
  request.engine = engine;
  request.clouds = list_clouds(options.clouds);
  request.format = cloud_format(options.format);
  request.labels = options.labels;
  request.calib = options.calib;
  request.threads = options.threads;
  request.tensorrt = options.tensorrt;
  Progress progress(request.clouds.size());
  request.on_cloud = [&](const std::string& cloud) { progress.start(cloud); };
  const GateReport report = run_gate(request);
  progress.hide();
  fmt::print("{}", gate_text(report));
  return report;
}

}  // namespace colonnade
