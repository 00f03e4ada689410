// colonnade bench: how fast a model or a graph is here, in trtexec's words.
#include <fmt/core.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <memory>
#include <span>

#include "base/cpus.hpp"
#include "base/file.hpp"
#include "base/isa.hpp"
#include "base/thread_pool.hpp"
#include "bench_options.hpp"
#include "colonnade/error.hpp"
#include "engine_file/contents.hpp"
#include "engine_file/format.hpp"
#include "measure/peak.hpp"
#include "measure/peer.hpp"
#include "measure/report.hpp"
#include "verbs.hpp"

namespace colonnade {
namespace {

/// Ends the measurement, not the process; a second Ctrl-C does.
std::atomic<bool> interrupted = false;
static_assert(std::atomic<bool>::is_always_lock_free);

void hear_interrupts() {
  struct sigaction action {};
  action.sa_handler = [](int) { interrupted = true; };
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  sigaction(SIGINT, &action, nullptr);
}

/// A lane whose runs the profile keeps apart.
class ProfiledLane final : public Lane {
 public:
  ProfiledLane(std::unique_ptr<Lane> lane, Profile& profile)
      : lane_(std::move(lane)), profile_(profile) {}
  void run() override {
    lane_->run();
    profile_.end_run();
  }

 private:
  std::unique_ptr<Lane> lane_;
  Profile& profile_;
};

/// Which kernels, and which cells: two things that change the time and not (much) the result.
std::string mode_text(const BenchOptions& options, const Subject& subject) {
  if (subject.backend() == "reference") return "double precision inside";
  if (subject.backend() == kTensorRtBackend) return "copies to the device and back included";
  return fmt::format("{} convolutions, {}", options.direct ? "direct" : "Winograd's and direct",
                     subject.cells());
}

[[noreturn]] void refuse_nothing(bool was_interrupted) {
  throw Error(ErrorCode::invalid_argument,
              fmt::format("no run was completed, so there's nothing to report: {}",
                          was_interrupted
                              ? "an interrupt came before the first one ended"
                              : "--iterations is 0 and --duration was over before the first run"));
}

/// Interleaved, on the first of the subject's inputs.
void run_with_peer(const BenchOptions& options, const std::string& file, const Subject& subject,
                   const std::shared_ptr<Executor>& threads) {
  if (options.peer != "onnxruntime") {
    throw Error(ErrorCode::invalid_argument, "--peer " + options.peer, "expected onnxruntime");
  }
  if (is_engine_file(file)) {
    throw Error(ErrorCode::invalid_argument, file,
                "is an engine, which " + options.peer + " can't take; expected its .onnx file");
  }
  if (subject.feeds().size() != 1 || options.streams != 1 || options.hz > 0) {
    throw Error(ErrorCode::invalid_argument, "--peer " + options.peer,
                "takes turns on one graph with one input and one stream; give an .onnx file (with "
                "--model and one --cloud for a real sweep), neither --streams nor --hz");
  }
  const std::unique_ptr<Lane> ours = subject.lane(threads, {});
  Peer theirs(options.python, file, subject.feeds()[0].dense_tensors(), threads->threads());
  ours->run();
  const Turns turns =
      take_turns(*ours, theirs, {options.duration, options.iterations, 100}, interrupted);
  if (turns.ours.empty()) refuse_nothing(interrupted);
  fmt::print("{}", turns_text(turns, theirs.version()));
}

void write_reports(const BenchOptions& options, const Measured& measured, const Profile& profile,
                   const Subject& subject) {
  if (!options.times_file.empty()) write_file(options.times_file, times_json(measured.runs));
  if (!options.profile_file.empty()) write_file(options.profile_file, profile_json(profile));
  if (!options.layers_file.empty()) {
    write_file(options.layers_file, layers_json(profile, subject.bindings()));
  }
}

void refuse_profile_without_layers(const Subject& subject) {
  if (subject.backend() == "cpu") return;
  throw Error(ErrorCode::invalid_argument, "backend " + subject.backend(),
              "tells no times of layers; --dumpProfile, --exportProfile and --exportLayerInfo go "
              "with cpu");
}

/// Whose peak its layers are held against.
Isa isa_of(const Subject& subject) {
  const std::span<const Isa> usable = usable_isas();
  const auto found = std::find_if(usable.begin(), usable.end(),
                                  [&](Isa isa) { return subject.isa_name() == isa_name(isa); });
  return found != usable.end() ? *found : Isa::portable;
}

/// The engine, built or found.
std::string save_engine(const std::string& file, const BenchOptions& options) {
  if (options.backend == kTensorRtBackend) {
    throw Error(ErrorCode::invalid_argument, "--saveEngine with --backend tensorrt",
                "isn't built by bench; build it with `colonnade build --backend tensorrt`");
  }
  BuildOptions build = build_options(options);
  build.log = [](LogLevel level, std::string_view message) {
    if (level != LogLevel::debug) fmt::print(stderr, "colonnade: {}\n", message);
  };
  const BuildReport report = onnx2engine(file, options.save_engine, build);
  fmt::print("{} {}\n", report.reused ? "reused" : "built", report.engine);
  return report.engine;
}

int bench(const BenchOptions& options) {
  std::string file = bench_file(options);
  const std::vector<double> percents = bench_percentiles(options);
  LoopOptions loop = loop_options(options);
  const bool profiled =
      options.profile || !options.profile_file.empty() || !options.layers_file.empty();
  if (!options.save_engine.empty()) file = save_engine(file, options);
  const std::unique_ptr<Subject> subject = open_subject(file, subject_options(options));
  if (profiled) refuse_profile_without_layers(*subject);

  hear_interrupts();
  const auto streams = static_cast<std::size_t>(options.streams);
  const int each =
      options.threads > 0 ? options.threads : std::max(1, usable_cpus() / options.streams);
  std::vector<std::shared_ptr<Executor>> pools;
  while (pools.size() < streams) pools.push_back(std::make_shared<ThreadPool>(each));
  fmt::print("{} ({}), {} thread{}{}, precision {}, {}: {}\n", subject->backend(),
             subject->isa_name(), pools[0]->threads(), pools[0]->threads() == 1 ? "" : "s",
             streams > 1 ? fmt::format(" in each of {} streams", streams) : "",
             subject->precision(), mode_text(options, *subject), subject->title());
  std::fflush(stdout);
  if (!options.peer.empty()) {
    run_with_peer(options, file, *subject, pools[0]);
    return kFine;
  }

  Profile profile;
  std::vector<std::unique_ptr<Lane>> lanes;
  for (std::size_t s = 0; s < streams; ++s) {
    const bool observed = profiled && s == 0;
    lanes.push_back(subject->lane(
        pools[s], observed ? [&](const LayerRun& run) { profile.add(run); } : LayerCallback()));
    if (observed) lanes[s] = std::make_unique<ProfiledLane>(std::move(lanes[s]), profile);
  }
  loop.warmed_up = [&] { profile.clear(); };
  const Measured measured = measure(lanes, loop, interrupted);
  if (measured.runs.empty()) refuse_nothing(measured.interrupted);

  fmt::print("Warm-up: {} runs in {:.1f} ms\n", measured.warm_ups, measured.warm_up_ms);
  fmt::print("{}{}", averages_text(measured.runs, static_cast<std::size_t>(options.average)),
             summary_text(measured, percents));
  if (options.hz > 0) fmt::print("{}", deadlines_text(measured, options.hz));
  if (options.profile) {
    Peaks peaks;
    for (const LayerProfile& layer : profile.layers()) {
      if (layer.flop <= 0 || peaks.count(layer.precision) != 0) continue;
      const double peak =
          measure_peak(isa_of(*subject), *pools[0], parse_precision(std::string(layer.precision)));
      if (peak > 0) peaks[std::string(layer.precision)] = peak;
    }
    fmt::print("{}", profile_text(profile, measured, peaks));
  }
  write_reports(options, measured, profile, *subject);
  return kFine;
}

}  // namespace

Verb add_bench(CLI::App& app) {
  const auto options = std::make_shared<BenchOptions>();
  CLI::App* verb = app.add_subcommand(
      "bench",
      "Measure how fast a model or a graph is.\n\n"
      "Options and report are trtexec's. A sweep occupies a small part of the BEV grid and only "
      "that is computed, so real sweeps are the workload: --cloud. The fastest kernels run, as in "
      "detect; the first line says which, where, and in which precision. Ctrl-C ends the "
      "measurement and prints what there is.");
  add_bench_options(*verb, *options);
  verb->footer(
      "colonnade bench model/model.yaml --cloud sweeps/ --dumpProfile\n"
      "colonnade bench rpn.onnx --model model/model.yaml --cloud sweep.bin --peer onnxruntime\n"
      "colonnade bench --onnx=./rpn.onnx --saveEngine=./rpn.engine --exportTimes=times.json\n"
      "colonnade bench model/model.yaml --cloud sweeps/ --hz 10 --duration 30");
  return [options] { return bench(*options); };
}

}  // namespace colonnade
