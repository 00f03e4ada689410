// colonnade verify: an engine's boxes beside FP32's, on this machine.
#include <fmt/core.h>

#include <memory>

#include "cloud_files.hpp"
#include "gate_options.hpp"
#include "tensorrt_places.hpp"
#include "verbs.hpp"

namespace colonnade {
namespace {

struct VerifyOptions {
  std::string engine;
  GateOptions gate;
  std::string tensorrt_folder;
};

int verify(const VerifyOptions& options) {
  refuse_folder(options.engine);
  GateOptions gate = options.gate;
  gate.tensorrt = tensorrt_places(options.tensorrt_folder);
  const GateReport report = open_gate(options.engine, gate).judge();
  fmt::print("{}", gate_text(report));
  return report.gate.verdict == "pass" ? kFine : kSomeFailed;
}

}  // namespace

Verb add_verify(CLI::App& app) {
  const auto o = std::make_shared<VerifyOptions>();
  CLI::App* verb = app.add_subcommand(
      "verify",
      "Hold an engine's boxes against FP32's.\n\n"
      "Runs the engine, and its graphs in FP32, on clouds: boxes lost and invented by class and "
      "range, with bootstrap intervals; with labels the loss of average precision. The verdict is "
      "pass, fail or too little data; only the first is status 0.");
  verb->add_option("ENGINE", o->engine, "Of a model")->type_name(".engine")->required();
  verb->add_option("CLOUD", o->gate.clouds,
                   "Sweeps: .bin, .pcd.bin, .pcd, .ply, .npy, or folders of them")
      ->type_name(".bin|.pcd|.ply|.npy|DIR")
      ->required();
  add_gate_options(*verb, o->gate);
  add_tensorrt_folder(*verb, o->tensorrt_folder);
  verb->footer(
      "colonnade verify model.engine sweeps/\n"
      "colonnade verify model.engine velodyne/ --labels label_2/ --calib calib/");
  return [o] { return verify(*o); };
}

}  // namespace colonnade
