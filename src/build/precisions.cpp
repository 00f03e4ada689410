#include "build/precisions.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "base/cpus.hpp"
#include "base/thread_pool.hpp"
#include "calibrate/calibrate.hpp"
#include "calibrate/calibration_file.hpp"
#include "colonnade/error.hpp"
#include "model/keys.hpp"

namespace colonnade {
namespace {

bool is_saved(const std::string& file) {
  const std::string_view end = ".json";
  return file.size() > end.size() && file.compare(file.size() - end.size(), end.size(), end) == 0;
}

bool asks_for_int8(const BuildOptions& options) {
  return options.precision == "int8" ||
         std::any_of(options.layers.begin(), options.layers.end(),
                     [](const LayerRequest& layer) { return layer.precision == "int8"; });
}

std::vector<Shape> shapes_of(const OptimizationProfile& profile, Shape InputProfile::*which) {
  std::vector<Shape> shapes;
  for (const InputProfile& input : profile.inputs) shapes.push_back(input.*which);
  return shapes;
}

std::vector<EnginePrecision::Layer> layers_of(const Program& program) {
  std::vector<EnginePrecision::Layer> layers;
  for (const LayerPrecision& layer : program.layers()) {
    layers.push_back({layer.name, std::string(precision_name(layer.precision))});
  }
  return layers;
}

void refuse_unknown_layers(const EnginePrecision& precision) {
  std::vector<std::string_view> names;
  for (const EnginePrecision::Layer& layer : precision.layers) names.push_back(layer.name);
  for (const EnginePrecision::Layer& layer : precision.set) {
    if (std::find(names.begin(), names.end(), layer.name) != names.end()) continue;
    throw Error(ErrorCode::invalid_argument, fmt::format("layer '{}'", layer.name),
                names.empty() ? "the network has no layers whose precision could be set"
                              : "the network has no such layer; " + suggest_key(layer.name, names));
  }
}

}  // namespace

CalibrationSource calibration_source(const BuildOptions& options) {
  parse_calibration_method(options.calibration_method);
  for (const LayerRequest& layer : options.layers) parse_precision(layer.precision);
  CalibrationSource source;
  if (!asks_for_int8(options)) {
    if (options.calibrate.empty() && options.save_calibration.empty()) return source;
    throw Error(ErrorCode::invalid_argument, "calibration",
                "is for precision int8, which nothing asks for");
  }
  if (options.calibrate.empty()) {
    throw Error(ErrorCode::invalid_argument, "precision int8",
                "needs to know what the network's maps reach: give --calibrate CLOUDS, some of "
                "those that it will see, or a saved calibration");
  }
  if (options.calibrate.size() == 1 && is_saved(options.calibrate[0])) {
    source.saved = read_calibration(options.calibrate[0]);
  } else {
    source.files = options.calibrate;
  }
  source.hashes = hashes_of(options.calibrate);
  return source;
}

EngineCalibration calibrate(const CalibrationSource& source, const EngineContents& contents,
                            const std::string& model, const BuildOptions& options) {
  EngineCalibration result;
  if (source.saved) {
    result = *source.saved;
    if (result.model != model) {
      throw Error(ErrorCode::mismatch, options.calibrate[0],
                  "is the calibration of another network; calibrate this one on clouds");
    }
  } else {
    const CalibrationRequest request{
        source.files, parse_calibration_method(options.calibration_method), {}};
    const ModelTarget target = target_of(contents);
    result = contents.model ? calibrate_model(*contents.model, contents.graphs, target, request)
                            : calibrate_graph(contents.graphs[0], target, request);
    result.method = options.calibration_method;
    result.model = model;
  }
  if (!options.save_calibration.empty()) write_calibration(options.save_calibration, result);
  return result;
}

ModelTarget target_of(const EngineContents& contents) {
  ModelTarget target{contents.target.backend, {}};
  target.compile.isa = parse_isa(contents.target.isa);
  target.compile.winograd = true;
  set_precision(contents, target.compile);
  return target;
}

void compile(EngineContents& contents, double most_bytes) {
  ModelTarget target = target_of(contents);
  target.compile.limits.bytes = most_bytes;
  if (contents.model) {
    const auto body = compile_model(*contents.model, contents.graphs, target);
    ThreadPool threads(usable_cpus());
    contents.warm = body->rpn->warm_up(threads);
    contents.precision.layers = layers_of(*body->rpn);
  } else {
    const Backend& backend = find_backend(target.backend);
    for (OptimizationProfile& profile : contents.profiles) {
      std::vector<Shape> compiled;
      for (const auto which : {&InputProfile::min, &InputProfile::opt, &InputProfile::max}) {
        std::vector<Shape> shapes = shapes_of(profile, which);
        if (shapes == compiled) continue;  // All three, of a graph without dynamic dimensions.
        compiled = std::move(shapes);
        const auto program = backend.compile(contents.graphs[0], compiled, target.compile);
        contents.precision.layers = layers_of(*program);
        profile.context_bytes = program->session_bytes();  // Stays that of the largest.
      }
    }
  }
  refuse_unknown_layers(contents.precision);
}

}  // namespace colonnade
