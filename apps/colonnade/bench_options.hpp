// What the command line of bench says.
#pragma once

#include <CLI/CLI.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "measure/loop.hpp"
#include "measure/subject.hpp"

#include "colonnade/build.hpp"
#include "profile_options.hpp"

namespace colonnade {

struct BenchOptions {
  std::string file, onnx;
  std::string model, format = "auto";
  std::vector<std::string> clouds, loads, shapes;
  std::string backend = "auto", isa = "auto", precision = "auto";
  std::string tensorrt_folder;
  int threads = 0, streams = 1;
  bool dense = false, direct = false;
  double warm_up = 200, duration = 3, hz = 0;
  std::int64_t iterations = 10, average = 10;
  std::string percentiles = "90,95,99";
  bool profile = false;
  std::string times_file, profile_file, layers_file;
  std::string peer, python = "python3";
  bool fp16 = false, bf16 = false, int8 = false, best = false;
  bool explicit_batch = false;
  std::string save_engine, load_engine;
  ProfileOptions profiles;                 ///< Of save_engine.
  std::optional<std::size_t> use_profile;  ///< Of an engine that has several.
  std::string workspace = "4096";          ///< As parse_workspace takes it.
  std::vector<std::string> calibrate;
};

/// Declares every argument and option.
void add_bench_options(CLI::App& verb, BenchOptions& options);

// Error(invalid_argument) of these names the option that can't be meant.
/// What is read: MODEL, --onnx or --loadEngine.
std::string bench_file(const BenchOptions& options);
/// Of --saveEngine.
BuildOptions build_options(const BenchOptions& options);
std::vector<double> bench_percentiles(const BenchOptions& options);
SubjectOptions subject_options(const BenchOptions& options);
LoopOptions loop_options(const BenchOptions& options);

}  // namespace colonnade
