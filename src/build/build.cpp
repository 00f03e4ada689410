#include "build/build.hpp"

#include <fmt/core.h>

#include <filesystem>
#include <set>
#include <utility>

#include "base/file.hpp"
#include "base/hash.hpp"
#include "build/profiles.hpp"
#include "colonnade/error.hpp"
#include "detector/engine_body.hpp"
#include "engine_file/target.hpp"
#include "model/yaml_text.hpp"

namespace colonnade {
namespace {

namespace fs = std::filesystem;

void enter(const BuildOptions& options, const char* phase) {
  if (options.on_phase) options.on_phase(phase);
}

/// Of everything that decides an engine's bytes, and of the limit that it was held against.
std::string key_of(const BuildSource& source, const EngineTarget& target,
                   const PrecisionChoice& precision, const CalibrationSource& calibration,
                   const std::vector<OptimizationProfile>& profiles, const BuildOptions& options) {
  std::string text = fmt::format("{}\n{} {} {}\n{} {}\n{}\n{}\n", this_tool(), target.architecture,
                                 target.backend, target.isa, precision_name(precision.requested),
                                 precision_name(precision.effective), options.workspace,
                                 content_hash(source.graphs));
  for (const OptimizationProfile& profile : profiles) {
    text += "profile\n";
    for (const InputProfile& input : profile.inputs) {
      text += fmt::format("{} {} {} {}\n", input.name, input.min.to_string(), input.opt.to_string(),
                          input.max.to_string());
    }
  }
  for (const LayerRequest& layer : options.layers) {
    text += fmt::format("{} {}\n", layer.layer, layer.precision);
  }
  if (calibration.given()) text += options.calibration_method + "\n";
  for (const std::string& hash : calibration.hashes) text += hash + "\n";
  if (source.model) text += model_yaml_text(*source.model);
  return hash_text(std::as_bytes(std::span(text)));
}

/// Why the engine at `path` isn't the one that is asked for; empty: it is, and `found`.
std::string why_not(const std::string& path, const std::string& key, EngineContents& found) {
  try {
    found = read_engine(path);
    if (found.origin.key == key) return {};
    if (found.origin.tool != this_tool()) return "is of " + found.origin.tool;
    return "is of another content, other options or another target";
  } catch (const Error& error) {
    const std::string what = error.what();  // It starts with the place, which the caller names.
    return error.where() == path ? what.substr(path.size() + 2) : what;
  }
}

std::uint64_t weight_bytes(const std::vector<Graph>& graphs) {
  std::set<const void*> seen;
  std::uint64_t bytes = 0;
  for (const Graph& graph : graphs) {
    for (const Value& value : graph.values) {
      if (value.constant && seen.insert(value.constant.data()).second)
        bytes += value.constant.bytes();
    }
  }
  return bytes;
}

}  // namespace

BuildRequest read_request(const std::string& onnx, const BuildOptions& options) {
  const Backend& backend = find_backend(options.backend);
  Isa isa = parse_isa(options.isa);
  const PrecisionChoice precision = backend.choose(isa, parse_precision(options.precision));
  if (options.isa == "auto" && options.layers.empty()) {
    isa = backend.least_isa(isa, precision.effective);
  }
  enter(options, "read");
  BuildRequest request{read_build_source(onnx),
                       {this_architecture(), options.backend, std::string(isa_name(isa))},
                       precision,
                       {},
                       {},
                       {}};
  request.calibration = calibration_source(options);
  if (!request.source.model) {
    request.profiles = resolve_profiles(request.source.graphs[0], options);
  } else if (!options.profiles.empty() || options.dynamic_pillars) {
    throw Error(ErrorCode::invalid_argument, onnx,
                "a model runs any number of pillars up to its max_pillars; profiles are for a "
                "single ONNX graph");
  }
  request.key = key_of(request.source, request.target, request.precision, request.calibration,
                       request.profiles, options);
  return request;
}

BuildReport fulfil(BuildRequest request, const std::string& engine, const BuildOptions& options) {
  refuse_to_replace(request.source, engine);
  BuildReport report;
  report.engine = engine;
  report.precision = request.precision.text();
  std::error_code failure;  // Of a path that can't be looked at: writing will say why.
  if (fs::is_directory(engine, failure)) {
    throw Error(ErrorCode::io, engine, "is a folder; expected a file to write");
  }
  std::string replaced;  // Why it isn't kept; empty: nothing is there.
  if (fs::exists(engine, failure)) {
    EngineContents found;
    replaced = why_not(engine, request.key, found);
    report.reused = replaced.empty();
    if (report.reused) {
      report.bytes = fs::file_size(engine, failure);
      report.weight_bytes = weight_bytes(found.graphs);
      return report;
    }
    if (!options.overwrite) {
      throw Error(ErrorCode::mismatch, engine,
                  fmt::format("is there and isn't this engine: it {}; without --no-overwrite it's "
                              "replaced",
                              replaced));
    }
  }
  EngineContents contents;
  contents.target = std::move(request.target);
  contents.origin = {this_tool(), fs::path(request.source.path).filename().string(), request.key};
  contents.precision.requested = precision_name(request.precision.requested);
  contents.precision.effective = precision_name(request.precision.effective);
  for (const LayerRequest& layer : options.layers) {
    contents.precision.set.push_back({layer.layer, layer.precision});
  }
  contents.profiles = std::move(request.profiles);
  const std::string model =
      request.calibration.given() ? content_hash(request.source.graphs) : std::string();
  enter(options, "check");
  if (request.source.model) {
    ProvenModel proven = prove_model(*request.source.model, request.source.graphs);
    contents.model = std::move(proven.spec);
    contents.graphs = std::move(proven.pieces);
  } else {
    contents.graphs = std::move(request.source.graphs);
  }
  if (request.calibration.given()) {
    enter(options, "calibrate");
    contents.calibration = calibrate(request.calibration, contents, model, options);
  }
  enter(options, "compile");
  compile(contents, static_cast<double>(options.workspace));
  if (options.log && !replaced.empty()) {
    options.log(LogLevel::info, fmt::format("{} is replaced: it {}", engine, replaced));
  }
  enter(options, "write");
  const std::vector<std::byte> bytes = encode(contents);
  write_file_durably(engine, bytes);
  report.bytes = bytes.size();
  report.weight_bytes = weight_bytes(contents.graphs);
  return report;
}

BuildReport onnx2engine(const std::string& onnx, const std::string& engine,
                        const BuildOptions& options) {
  return fulfil(read_request(onnx, options), engine, options);
}

}  // namespace colonnade
