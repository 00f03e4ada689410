#include "colonnade/engine.hpp"

#include <fmt/core.h>

#include <filesystem>
#include <utility>

#include "detector/engine_body.hpp"
#include "model/check.hpp"
#include "onnx/reader.hpp"

namespace colonnade {

std::shared_ptr<const Engine> Engine::open(const std::string& model_yaml,
                                           const EngineOptions& options) {
  auto body = std::make_unique<Body>();
  const Backend& backend = find_backend(options.backend);
  const CompileOptions compile{parse_isa(options.isa), {}};
  body->backend = options.backend;
  body->isa = backend.isa_name(compile.isa);
  body->spec = read_model_yaml(model_yaml);

  const std::filesystem::path directory = body->spec.directory;
  std::vector<Graph> pieces;
  for (const GraphSpec& piece : body->spec.graphs) {
    pieces.push_back(read_onnx((directory / piece.file).string()));
  }
  check_against_graphs(body->spec, pieces);
  body->plan = make_plan(body->spec, pieces);

  const Plan& plan = body->plan;
  body->pfn = backend.compile(plan.pfn.graph, plan.pfn.input_shapes, compile);
  const Value& image = plan.rpn.graph.values[plan.rpn.graph.inputs[0]];
  body->rpn = backend.compile(plan.rpn.graph, std::vector<Shape>{*image.shape}, compile);
  if (options.log) {
    options.log(LogLevel::debug,
                fmt::format("PFN in {}; scatter {}", plan.pfn.note, plan.scatter.note));
  }
  return std::shared_ptr<const Engine>(new Engine(std::move(body)));
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

}  // namespace colonnade
