#include "colonnade/engine.hpp"

#include <fmt/core.h>

#include <filesystem>
#include <utility>

#include "base/isa.hpp"
#include "colonnade/error.hpp"
#include "detector/engine_body.hpp"
#include "engine_file/contents.hpp"
#include "engine_file/format.hpp"
#include "engine_file/target.hpp"
#include "model/check.hpp"
#include "onnx/reader.hpp"
#include "passes/round_products.hpp"
#include "tensorrt/plan_program.hpp"
#include "tensorrt/stored_library.hpp"

namespace colonnade {
namespace {

CompileOptions compile_options(const std::string& isa, const EngineOptions& options) {
  CompileOptions compile{parse_isa(isa), {}, !options.direct, options.dense};
  if (options.precision != "auto") compile.precision = parse_precision(options.precision);
  return compile;
}

std::unique_ptr<Engine::Body> open_model_yaml(const std::string& path,
                                              const EngineOptions& options) {
  if (options.backend == kTensorRtBackend) {
    throw Error(ErrorCode::invalid_argument, path,
                "isn't built for TensorRT when it's opened; `colonnade build --backend tensorrt` "
                "makes an engine of it that is");
  }
  refuse_false_engine(path);
  const ModelTarget target{options.backend == "auto" ? "cpu" : options.backend,
                           compile_options(options.isa, options)};
  find_backend(target.backend);  // Before a graph is read.
  ModelSpec spec = read_model_yaml(path);
  const std::vector<Graph> pieces = read_pieces(spec);
  return compile_model(std::move(spec), pieces, target);
}

/// Makes it an engine for what is asked for; "auto" stays as it is, and so does TensorRT's plan
/// unless another backend is named.
void aim_at(EngineContents& contents, const AskedTarget& asked) {
  if (asked.backend == "auto" && asked.isa == "auto" && asked.precision == "auto") return;
  EngineTarget& target = contents.target;
  const bool own_backend = asked.backend == "auto" || asked.backend == target.backend;
  if (own_backend && target.backend == kTensorRtBackend) return;
  const bool own_isa = own_backend && target.architecture == this_architecture();
  if (!own_backend) target.backend = asked.backend;
  target.architecture = this_architecture();
  if (asked.isa != "auto" || !own_isa) target.isa = isa_name(parse_isa(asked.isa));
  EnginePrecision& precision = contents.precision;
  if (asked.precision != "auto" && asked.precision != precision.requested) {
    precision.requested = asked.precision;
    precision.set.clear();
  }
  precision.effective =
      precision_name(find_backend(target.backend)
                         .choose(parse_isa(target.isa), parse_precision(precision.requested))
                         .effective);
  contents.warm.clear();  // Other kernels' bits.
}

EngineContents read_model_engine(const std::string& path, const AskedTarget& asked) {
  EngineContents contents = read_engine(path);
  meet_target(contents, asked, path);
  if (contents.model) return contents;
  throw Error(ErrorCode::mismatch, path,
              "is the engine of one ONNX graph, which `colonnade run` runs; to detect, build one "
              "from a model.yaml");
}

/// The plan is the RPN; what is before it runs on the CPU.
std::unique_ptr<Engine::Body> open_plan_engine(EngineContents contents, const std::string& path,
                                               const EngineOptions& options) {
  const std::string& precision = contents.precision.effective;
  if ((options.backend != "auto" && options.backend != kTensorRtBackend) ||
      (options.precision != "auto" && options.precision != precision)) {
    throw Error(ErrorCode::mismatch, path,
                fmt::format("holds a plan of TensorRT ({}) in {}, asked for are backend {} and "
                            "precision {}; rebuild it from its model.yaml",
                            contents.target.isa, precision, options.backend, options.precision));
  }
  const TensorRtLibrary library = stored_library(contents.target.isa, options.tensorrt, path);
  const auto program = open_plan(library, std::move(contents.plan), path);
  ModelTarget target{"cpu", compile_options(options.isa, {}), Precision::fp32, program};
  auto body = compile_model(std::move(*contents.model), contents.graphs, target);
  body->backend = kTensorRtBackend;
  body->isa = machine_of(library, program->device());
  body->precision = precision;
  return body;
}

AskedTarget asked_of(const EngineOptions& options) {
  return {options.backend, options.isa, options.precision};
}

std::unique_ptr<Engine::Body> open_contents(EngineContents contents, const std::string& path,
                                            const EngineOptions& options) {
  if (contents.target.backend == kTensorRtBackend)
    return open_plan_engine(std::move(contents), path, options);
  ModelTarget target{contents.target.backend, compile_options(contents.target.isa, options)};
  set_precision(contents, target.compile);
  const PrecisionChoice choice =
      find_backend(target.backend).choose(target.compile.isa, target.compile.precision);
  check_precision(contents, choice, path);
  if (!options.direct && !options.dense) target.compile.warm = std::move(contents.warm);
  try {
    return compile_model(std::move(*contents.model), contents.graphs, target);
  } catch (const Error& error) {
    throw Error(error.code(), path, error.what());
  }
}

/// An engine's graphs, in fp32: for what it was built for, or, beside a plan, for the CPU.
std::shared_ptr<const Engine> compiled_anew(EngineContents contents, Precision emulated) {
  const bool is_plan = contents.target.backend == kTensorRtBackend;
  ModelTarget target{is_plan ? "cpu" : contents.target.backend, {}, emulated};
  target.compile.isa = parse_isa(is_plan ? "auto" : contents.target.isa);
  return std::make_shared<const Engine>(
      compile_model(std::move(*contents.model), contents.graphs, target));
}

}  // namespace

void set_precision(const EngineContents& contents, CompileOptions& options) {
  options.precision = parse_precision(contents.precision.requested);
  for (const EnginePrecision::Layer& layer : contents.precision.set) {
    options.layers.push_back({layer.name, parse_precision(layer.precision)});
  }
  if (contents.calibration) options.ranges = contents.calibration->ranges;
}

std::vector<Graph> read_pieces(const ModelSpec& spec) {
  const std::filesystem::path directory = spec.directory;
  std::vector<Graph> pieces;
  for (const GraphSpec& piece : spec.graphs) {
    pieces.push_back(read_onnx((directory / piece.file).string()));
  }
  return pieces;
}

std::unique_ptr<Engine::Body> compile_model(ModelSpec spec, const std::vector<Graph>& pieces,
                                            const ModelTarget& target) {
  const Backend& backend = find_backend(target.backend);
  auto body = std::make_unique<Engine::Body>();
  body->backend = target.backend;
  const PrecisionChoice choice = backend.choose(target.compile.isa, target.compile.precision);
  body->isa = backend.isa_name(target.compile.isa, choice.effective);
  body->precision = choice.text();
  body->spec = std::move(spec);
  check_against_graphs(body->spec, pieces);
  body->plan = make_plan(body->spec, pieces);
  if (target.emulated != Precision::fp32) {
    body->plan.rpn.graph = round_products(body->plan.rpn.graph, target.emulated);
  }

  const Plan& plan = body->plan;
  body->rpn_options = target.compile;
  body->rpn_options.warm.clear();
  CompileOptions cold = body->rpn_options;  // Its features are coordinates of tens of metres.
  cold.precision = Precision::fp32;
  cold.layers.clear();
  cold.dense = true;  // Its inputs are pillars, not an image that's zero in most cells.
  body->pfn = backend.compile(plan.pfn.graph, plan.pfn.input_shapes, cold);
  if (target.compile.winograd && target.backend == "cpu") body->point_by_point = target.compile.isa;
  const Value& image = plan.rpn.graph.values[plan.rpn.graph.inputs[0]];
  CompileOptions lazy = target.compile;
  lazy.gates = output_gates(plan.rpn);
  body->rpn = target.rpn ? target.rpn
                         : backend.compile(plan.rpn.graph, std::vector<Shape>{*image.shape}, lazy);
  return body;
}

void meet_target(EngineContents& contents, const AskedTarget& asked, const std::string& where) {
  if (asked.anew) aim_at(contents, asked);
  const bool is_plan = contents.target.backend == kTensorRtBackend;
  if (is_plan && contents.model) return;  // Whoever opens the plan tells what it's for.
  check_target(contents, asked.anew ? AskedTarget{} : asked, where);
}

std::shared_ptr<const Engine> Engine::open(const std::string& path, const EngineOptions& options) {
  auto body = is_engine_file(path)
                  ? open_contents(read_model_engine(path, asked_of(options)), path, options)
                  : open_model_yaml(path, options);
  if (options.log) {
    options.log(LogLevel::debug,
                fmt::format("PFN in {}; scatter {}", body->plan.pfn.note, body->plan.scatter.note));
  }
  return std::shared_ptr<const Engine>(new Engine(std::move(body)));
}

std::shared_ptr<const Engine> open_anew(const std::string& path, const EngineOptions& options) {
  if (!is_engine_file(path)) return Engine::open(path, options);
  AskedTarget asked = asked_of(options);
  asked.anew = true;
  return std::make_shared<const Engine>(
      open_contents(read_model_engine(path, asked), path, options));
}

std::shared_ptr<const Engine> open_exact(const std::string& engine) {
  return compiled_anew(read_model_engine(engine, {}), Precision::fp32);
}

std::shared_ptr<const Engine> open_emulated(const std::string& path, const EngineOptions& options,
                                            Precision precision) {
  if (!is_engine_file(path)) {
    ModelSpec spec = read_model_yaml(path);
    const std::vector<Graph> pieces = read_pieces(spec);
    ModelTarget target{options.backend == "auto" ? "cpu" : options.backend, {}, precision};
    target.compile.isa = parse_isa(options.isa);
    return std::make_shared<const Engine>(compile_model(std::move(spec), pieces, target));
  }
  return compiled_anew(read_model_engine(path, {options.backend, options.isa, "auto", true}),
                       precision);
}

Engine::Engine(std::unique_ptr<Body> body) : body_(std::move(body)) {}
Engine::~Engine() = default;
const ModelSpec& Engine::model() const noexcept {
  return body_->spec;
}
const std::string& Engine::backend() const noexcept {
  return body_->backend;
}
const std::string& Engine::isa() const noexcept {
  return body_->isa;
}
const std::string& Engine::precision() const noexcept {
  return body_->precision;
}

}  // namespace colonnade
