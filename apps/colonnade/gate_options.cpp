#include "gate_options.hpp"

#include <filesystem>
#include <memory>
#include <utility>

#include "build/precisions.hpp"
#include "cloud_files.hpp"
#include "colonnade/error.hpp"
#include "measure/subject.hpp"
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
  const auto add_limit = [&](const char* name, double& limit, const char* what) {
    verb.add_option(name, limit, what)
        ->type_name("PERCENT")
        ->check(CLI::Range(0.0, 100.0))
        ->capture_default_str();
  };
  add_limit("--gate-matched", options.matched, "FP32's boxes that must be there");
  add_limit("--gate-invented", options.invented, "The engine's boxes that FP32 needn't have");
  add_limit("--gate-ap", options.precision, "Average precision that may be lost, of 100");
}

void check_gate(const GateOptions& options, const std::string& input, const BuildOptions& build) {
  if (options.clouds.empty()) return;
  if (!is_model_file(input)) {
    throw Error(ErrorCode::invalid_argument, "--gate",
                "compares boxes, which " + input + " alone doesn't give; expected a model.yaml");
  }
  const CalibrationSource calibration = calibration_source(build);
  hash_gate_clouds(list_clouds(options.clouds),
                   calibration.saved ? calibration.saved->clouds : calibration.hashes);
  for (const std::string& path : {options.labels, options.calib}) {
    if (!path.empty() && !std::filesystem::exists(path))
      throw Error(ErrorCode::io, path, "can't be read: there is no such file or folder");
  }
}

Gate open_gate(const std::string& engine, const GateOptions& options) {
  GateRequest request;
  request.engine = engine;
  request.clouds = list_clouds(options.clouds);
  request.format = cloud_format(options.format);
  request.labels = options.labels;
  request.calib = options.calib;
  request.threads = options.threads;
  request.tensorrt = options.tensorrt;
  request.limits.lost = (100 - options.matched) / 100;
  request.limits.invented = options.invented / 100;
  request.limits.precision = options.precision;
  const auto progress = std::make_shared<Progress>(request.clouds.size());
  request.on_cloud = [progress](const std::string& cloud) { progress->start(cloud); };
  Gate gate(std::move(request));
  progress->hide();
  return gate;
}

}  // namespace colonnade
