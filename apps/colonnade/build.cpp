// colonnade build: from a model.yaml or an ONNX graph to an engine file.
#include <fmt/core.h>

#include <chrono>
#include <memory>
#include <utility>

#include "cache_folder.hpp"
#include "colonnade/build.hpp"
#include "colonnade/error.hpp"
#include "colonnade/tensorrt.hpp"
#include "engine_file/contents.hpp"
#include "gate_options.hpp"
#include "precision_options.hpp"
#include "profile_options.hpp"
#include "report/progress.hpp"
#include "sizes.hpp"
#include "tensorrt_places.hpp"
#include "verbs.hpp"
#include "verify/raise.hpp"

namespace colonnade {
namespace {

struct BuildArguments {
  std::string input, output, cache, cache_size = "4G", workspace = "4G";
  ProfileOptions profiles;
  PrecisionOptions precision;
  bool no_overwrite = false, verbose = false, quiet = false;
  std::string tensorrt_folder;
  TensorRtBuild tensorrt;
  BuildOptions build;
  GateOptions gate;  ///< Without clouds there is none.
};

/// Tells on standard error where a build is: a bar, or with --verbose a line a phase with its time,
/// with --quiet nothing.
class Teller {
 public:
  Teller(bool verbose, bool quiet, std::size_t phases)
      : verbose_(verbose), progress_(verbose || quiet ? 0 : phases) {}

  void enter(std::string_view phase) {
    finish();
    phase_ = phase;
    start_ = std::chrono::steady_clock::now();
    progress_.start(phase_);
  }
  /// Makes room for a message.
  void pause() { progress_.hide(); }
  void finish() {
    pause();
    if (!verbose_ || phase_.empty()) return;
    const std::chrono::duration<double, std::milli> spent =
        std::chrono::steady_clock::now() - start_;
    fmt::print(stderr, "{}: {:.1f} ms\n", phase_, spent.count());
    phase_.clear();
  }

 private:
  bool verbose_;
  Progress progress_;
  std::string phase_;
  std::chrono::steady_clock::time_point start_;
};

int build_plan(const BuildArguments& arguments, const BuildOptions& options, Teller& teller) {
  if (arguments.output.empty()) {
    throw Error(ErrorCode::invalid_argument, "--backend tensorrt",
                "expected -o FILE as well: plans aren't cached");
  }
  if (!arguments.gate.clouds.empty()) {
    throw Error(ErrorCode::invalid_argument, "--gate",
                "isn't for --backend tensorrt: `colonnade verify` judges a plan where it runs");
  }
  TensorRtBuild tensorrt = arguments.tensorrt;
  tensorrt.places = tensorrt_places(arguments.tensorrt_folder);
  const TensorRtReport report = onnx2plan(arguments.input, arguments.output, options, tensorrt);
  teller.finish();
  for (const std::string& note : report.notes) fmt::print("{}: {}\n", arguments.input, note);
  fmt::print("built {}: {}, plan {} by {}\n", arguments.output, size_text(report.bytes),
             size_text(report.plan_bytes), report.library);
  return kFine;
}

void refuse_tensorrt_options(const BuildArguments& arguments) {
  const TensorRtBuild& given = arguments.tensorrt;
  if (!given.raw && given.timing_cache.empty() && !given.version_compatible &&
      given.hardware == TensorRtBuild{}.hardware && arguments.tensorrt_folder.empty()) {
    return;
  }
  throw Error(ErrorCode::invalid_argument,
              "--raw, --timingCacheFile, --versionCompatible, --hardwareCompatibilityLevel and "
              "--tensorrt",
              "are for --backend tensorrt");
}

int build(const BuildArguments& arguments) {
  BuildOptions options = arguments.build;
  take_profile_options(arguments.profiles, options);
  options.workspace = parse_workspace(arguments.workspace);
  options.overwrite = !arguments.no_overwrite;
  take_precision_options(arguments.precision, options);
  Teller teller(arguments.verbose, arguments.quiet,
                kBuildPhases + (options.calibrate.empty() ? 0 : 1));
  options.on_phase = [&](std::string_view phase) { teller.enter(phase); };
  options.log = [&](LogLevel level, std::string_view message) {
    if (level == LogLevel::debug && !arguments.verbose) return;
    if (level == LogLevel::info && arguments.quiet) return;
    teller.pause();
    fmt::print(stderr, "colonnade: {}\n", message);
  };
  if (options.backend == kTensorRtBackend) return build_plan(arguments, options, teller);
  refuse_tensorrt_options(arguments);
  const bool cached = arguments.output.empty();
  if (cached && arguments.cache == "none") {
    throw Error(ErrorCode::invalid_argument, "--cache none",
                "expected -o FILE as well: the engine must go somewhere");
  }
  check_gate(arguments.gate, arguments.input, options);
  const std::uint64_t most =
      parse_size(arguments.cache_size, "--cacheSize " + arguments.cache_size);
  const BuildReport report =
      cached ? onnx2cache(arguments.input, cache_folder(arguments.cache), most, options)
             : onnx2engine(arguments.input, arguments.output, options);
  teller.finish();
  fmt::print("{} {}: {}, weights {}{}\n", report.reused ? "reused" : "built", report.engine,
             size_text(report.bytes), size_text(report.weight_bytes),
             precision_note(report.precision));
  if (arguments.gate.clouds.empty()) return kFine;
  Gate gate = open_gate(report.engine, arguments.gate);
  GateReport found = gate.judge();
  if (auto raised = raise_layers(gate, found)) {
    fmt::print("before layers were raised\n{}\nafter\n", gate_text(found));
    found = std::move(*raised);
  }
  fmt::print("{}", gate_text(found));
  store_gate(report.engine, found.gate);
  return found.gate.verdict == "pass" ? kFine : kSomeFailed;
}

}  // namespace

Verb add_build(CLI::App& app) {
  const auto o = std::make_shared<BuildArguments>();
  CLI::App* verb = app.add_subcommand(
      "build",
      "Build an engine file of a model or of one ONNX graph.\n\n"
      "The engine stands for its model.yaml, or its .onnx, in every command: one file, checked and "
      "proven when it's built. What was built of the same content with the same options is "
      "reused.");
  verb->add_option("INPUT", o->input, "A model.yaml, or one ONNX graph")
      ->type_name(".yaml|.onnx")
      ->required();
  verb->add_option("-o,--output", o->output, "The engine; else one in the cache")
      ->type_name(".engine");
  verb->add_flag("--no-overwrite", o->no_overwrite,
                 "Refuse to replace another file under the engine's name");
  add_backend(*verb, o->build.backend, kTensorRtBackend);
  add_isa(*verb, o->build.isa);
  add_precision_options(*verb, o->precision);
  CLI::Option* gate =
      verb->add_option("--gate", o->gate.clouds,
                       "Hold the engine's boxes on these sweeps against FP32's; may be repeated")
          ->type_name(".bin|.pcd|.ply|.npy|DIR")
          ->take_all();
  add_gate_options(*verb, o->gate);
  for (const char* name : {"--labels", "--calib", "--format", "--threads", "--gate-matched",
                           "--gate-invented", "--gate-ap"}) {
    verb->get_option(name)->needs(gate);
  }
  add_profile_options(*verb, o->profiles);
  verb->add_option("--workspace,--memPoolSize", o->workspace,
                   "Refuse what needs more memory a run; a number alone is of MiB")
      ->type_name("SIZE")
      ->capture_default_str();
  verb->add_flag("--raw", o->tensorrt.raw, "Of TensorRT the plan alone, as trtexec loads it");
  verb->add_option("--timingCacheFile", o->tensorrt.timing_cache,
                   "What TensorRT timed, for the next build; made where there's none")
      ->type_name(".cache");
  verb->add_flag("--versionCompatible", o->tensorrt.version_compatible,
                 "A plan for later TensorRTs of the major version too");
  verb->add_option("--hardwareCompatibilityLevel", o->tensorrt.hardware,
                   "A plan for other devices too")
      ->type_name("none|ampere+|sameComputeCapability")
      ->capture_default_str();
  add_tensorrt_folder(*verb, o->tensorrt_folder);
  add_cache(*verb, o->cache, "|none");
  verb->add_option("--cacheSize", o->cache_size, "What the cache may hold; the oldest go first")
      ->type_name("SIZE")
      ->capture_default_str();
  verb->add_flag("-q,--quiet", o->quiet, "Print the result, warnings and errors alone");
  verb->add_flag("-v,--verbose", o->verbose, "Print each phase's time on standard error")
      ->excludes("--quiet");
  verb->footer(
      "colonnade build model/model.yaml -o model.engine\n"
      "colonnade build pfe.onnx -o pfe.engine --dynamicPillars\n"
      "colonnade build rpn.onnx -o rpn.engine --workspace 512M --no-overwrite\n"
      "colonnade build mfn.onnx -o mfn.plan --backend tensorrt --raw --dynamicPillars");
  return [o] { return build(*o); };
}

}  // namespace colonnade
