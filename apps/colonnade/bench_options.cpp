#include "bench_options.hpp"

#include <fmt/core.h>

#include "base/thread_pool.hpp"
#include "cloud/text.hpp"
#include "cloud_files.hpp"
#include "colonnade/error.hpp"
#include "engine_file/contents.hpp"
#include "shapes.hpp"
#include "sizes.hpp"
#include "tensorrt_places.hpp"
#include "verbs.hpp"
#include "words.hpp"

namespace colonnade {
namespace {

/// More clouds than this say nothing new, and all are held in memory: reading isn't measured.
constexpr std::size_t kMostClouds = 200;

void add_workload(CLI::App& verb, BenchOptions& o) {
  verb.add_option("MODEL", o.file,
                  "model.yaml or its engine with --cloud, or an .onnx file or its engine")
      ->type_name(".yaml|.onnx|.engine");
  verb.add_option("--onnx", o.onnx, "The .onnx file, as trtexec takes it")->type_name("FILE.onnx");
  verb.add_option("--cloud", o.clouds,
                  "Sweeps that are the input, one after the other; folders too")
      ->type_name(".bin|.pcd|.ply|.npy|DIR");
  verb.add_option("--model", o.model, "What makes a graph's input out of --cloud")
      ->type_name("MODEL.yaml");
  add_cloud_format(verb, o.format);
  verb.add_option("--loadInputs", o.loads,
                  "Tensors from files, .npy or bare elements; other inputs are noise")
      ->type_name("NAME:FILE");
  verb.add_option("--shapes", o.shapes, "Dynamic dimensions")->type_name("NAME:1x64x496x432");
  add_use_profile(verb, o.use_profile);
}

void add_machine(CLI::App& verb, BenchOptions& o) {
  add_backend(verb, o.backend, kTensorRtBackend);
  add_isa(verb, o.isa);
  add_precision(verb, o.precision);
  add_tensorrt_folder(verb, o.tensorrt_folder);
  verb.add_option("--threads", o.threads, "Threads of a stream; 0: all, shared by the streams")
      ->type_name("N")
      ->capture_default_str()
      ->check(CLI::Range(0, ThreadPool::kMaxThreads));
  verb.add_option("--streams,--infStreams", o.streams,
                  "So many run at once, each on its own threads")
      ->type_name("N")
      ->capture_default_str()
      ->check(CLI::Range(1, 64));
  verb.add_flag("--dense", o.dense, "All of every BEV map, not only what a sweep can change");
  verb.add_flag("--direct", o.direct, "Direct convolutions, as run does, instead of Winograd's");
  verb.add_flag("--fp16", o.fp16, "As --precision fp16; the first line says what was had");
  verb.add_flag("--bf16", o.bf16, "As --precision bf16");
  verb.add_flag("--int8", o.int8, "As --precision int8");
  verb.add_flag("--best", o.best, "As --precision bf16");
}

void add_measurement(CLI::App& verb, BenchOptions& o) {
  verb.add_option("--warmUp", o.warm_up, "Milliseconds of runs that don't count")
      ->type_name("MS")
      ->capture_default_str()
      ->check(CLI::Range(0., 1e7));
  verb.add_option("--duration", o.duration, "Seconds to measure at least")
      ->type_name("S")
      ->capture_default_str()
      ->check(CLI::Range(0., 1e6));
  verb.add_option("--iterations", o.iterations, "Runs of a stream to measure at least")
      ->type_name("N")
      ->capture_default_str()
      ->check(CLI::Range(std::int64_t{0}, std::int64_t{100'000'000}));
  verb.add_option("--avgRuns", o.average, "Runs that a line of averages is made of")
      ->type_name("N")
      ->capture_default_str()
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{100'000'000}));
  verb.add_option("--percentile", o.percentiles, "Of the latency")
      ->type_name("P,P")
      ->capture_default_str();
  verb.add_option("--hz", o.hz, "Sweeps come at this rate: reports deadlines, not throughput")
      ->type_name("HZ")
      ->check(CLI::Range(.001, 1e5));
  verb.add_option("--peer", o.peer, "Another runtime that takes turns on the same graph and input")
      ->type_name("onnxruntime");
  verb.add_option("--python", o.python, "Of --peer: a Python that has it")
      ->type_name("PYTHON")
      ->capture_default_str();
}

void add_reports(CLI::App& verb, BenchOptions& o) {
  verb.add_flag("--dumpProfile", o.profile, "Times a layer, and what share of the machine's peak");
  verb.add_option("--exportTimes", o.times_file, "Every run, in trtexec's form")
      ->type_name("FILE.json");
  verb.add_option("--exportProfile", o.profile_file, "Times a layer, likewise")
      ->type_name("FILE.json");
  verb.add_option("--exportLayerInfo", o.layers_file, "What each layer is, likewise")
      ->type_name("FILE.json");
}

void add_old_options(CLI::App& verb, BenchOptions& o) {
  verb.add_flag("--explicitBatch", o.explicit_batch, "Of old trtexec; it's never otherwise here");
  verb.add_option("--workspace,--memPoolSize", o.workspace,
                  "What a run of --saveEngine's engine may hold; a number alone is of MiB")
      ->type_name("SIZE")
      ->capture_default_str();
  verb.add_option("--calib,--calibrate", o.calibrate,
                  "Of --saveEngine with --int8: as build's --calibrate; may be repeated")
      ->type_name(".bin|.pcd|.ply|.npy|.json|DIR")
      ->take_all();
  verb.add_option("--saveEngine", o.save_engine, "Build this engine first, or reuse it; measure it")
      ->type_name("FILE");
  add_profile_options(verb, o.profiles);
  verb.add_option("--loadEngine", o.load_engine, "The engine, as trtexec takes it")
      ->type_name("FILE");
}

/// --precision, or what trtexec's flags allow.
std::string requested_precision(const BenchOptions& o) {
  if (o.fp16) return "fp16";
  if (o.bf16 || o.best) return "bf16";
  return o.int8 ? "int8" : o.precision;
}

}  // namespace

void add_bench_options(CLI::App& verb, BenchOptions& options) {
  add_workload(verb, options);
  add_machine(verb, options);
  add_measurement(verb, options);
  add_reports(verb, options);
  add_old_options(verb, options);
}

std::string bench_file(const BenchOptions& o) {
  const std::string* file = nullptr;
  for (const std::string* one : {&o.file, &o.onnx, &o.load_engine}) {
    if (one->empty()) continue;
    if (file != nullptr) {
      throw Error(ErrorCode::invalid_argument,
                  fmt::format("expected one of MODEL, --onnx and --loadEngine, found '{}' and '{}'",
                              *file, *one));
    }
    file = one;
  }
  if (file == nullptr) {
    throw Error(ErrorCode::invalid_argument,
                "expected a MODEL: a model.yaml, an .onnx file or an engine");
  }
  if (o.save_engine.empty() && !o.calibrate.empty()) {
    throw Error(ErrorCode::invalid_argument, "--calibrate",
                "is for an engine that's built: expected --saveEngine FILE as well");
  }
  refuse_folder(*file);
  return *file;
}

BuildOptions build_options(const BenchOptions& o) {
  BuildOptions build;
  build.backend = o.backend == "auto" ? "cpu" : o.backend;
  build.isa = o.isa;
  const std::string precision = requested_precision(o);
  build.precision = precision == "auto" ? "fp32" : precision;
  build.workspace = parse_workspace(o.workspace);
  build.calibrate = list_clouds(o.calibrate);
  take_profile_options(o.profiles, build);
  if (!build.profiles.empty() || build.dynamic_pillars) return build;
  for (const std::string& word : o.shapes) {
    for (NamedDims& named : parse_named_dims(word, "--shapes " + word)) {
      build.profiles.push_back({named.name, {}, std::move(named.dims), {}, 0});
    }
  }
  return build;
}

std::vector<double> bench_percentiles(const BenchOptions& o) {
  std::vector<double> result;
  for (const std::string& word : split_words({o.percentiles})) {
    const std::optional<double> percent = parse_number<double>(word);
    if (!percent || !(*percent > 0 && *percent <= 100)) {
      throw Error(ErrorCode::invalid_argument, "--percentile " + o.percentiles,
                  "expected numbers above 0 and up to 100, as 90,95,99");
    }
    result.push_back(*percent);
  }
  return result;
}

SubjectOptions subject_options(const BenchOptions& o) {
  SubjectOptions result;
  result.model = o.model;
  if (!o.clouds.empty()) result.clouds = list_clouds(o.clouds);
  if (result.clouds.size() > kMostClouds) {
    fmt::print(stderr, "colonnade: of {} clouds the first {} are measured\n", result.clouds.size(),
               kMostClouds);
    result.clouds.resize(kMostClouds);
  }
  result.format = cloud_format(o.format);
  result.profile = o.use_profile;
  result.words = {split_words(o.loads), split_words(o.shapes)};
  result.backend = o.backend;
  result.precision = requested_precision(o);
  result.isa = o.isa;
  result.dense = o.dense;
  result.direct = o.direct;
  result.tensorrt = tensorrt_places(o.tensorrt_folder);
  return result;
}

LoopOptions loop_options(const BenchOptions& o) {
  if (o.iterations == 0 && o.duration == 0) {
    throw Error(ErrorCode::invalid_argument, "--iterations 0 with --duration 0",
                "asks for no run at all; give one of them more");
  }
  LoopOptions result;
  result.warm_up_ms = o.warm_up;
  result.duration_s = o.duration;
  result.iterations = o.iterations;
  result.hz = o.hz;
  return result;
}

}  // namespace colonnade
