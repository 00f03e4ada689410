// What an Engine is inside the library, and the ways to make one.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "backends/backend.hpp"
#include "colonnade/engine.hpp"
#include "engine_file/contents.hpp"
#include "engine_file/target.hpp"
#include "plan/plan.hpp"

namespace colonnade {

/// What every detector of this engine shares; never written after `open`.
struct Engine::Body {
  ModelSpec spec;
  Plan plan;
  std::string backend, isa, precision;
  CompileOptions rpn_options;  ///< Of `rpn`, but for `warm`.
  std::shared_ptr<const Program> pfn, rpn;
  std::optional<Isa> point_by_point;  ///< As Pfn takes it.
};

/// What a model is compiled with; the names are those of EngineOptions.
struct ModelTarget {
  std::string backend;
  CompileOptions compile;  ///< `warm` and `precision` are the RPN's.
  /// What the RPN's products are rounded to before they're taken: round_products. fp32: to nothing.
  Precision emulated = Precision::fp32;
  std::shared_ptr<const Program> rpn{};  ///< Where it's compiled already, by something else.
};

/// A model as files gave it, checked against itself, planned and compiled.
std::unique_ptr<Engine::Body> compile_model(ModelSpec spec, const std::vector<Graph>& pieces,
                                            const ModelTarget& target);

/// What an engine's convolutions compute with, as it stands in its file.
void set_precision(const EngineContents& contents, CompileOptions& options);

/// Error(mismatch) as check_target's unless it's what is asked for; where that is asked for anew,
/// it becomes that: graphs are data, of which any backend makes a program.
void meet_target(EngineContents& contents, const AskedTarget& asked, const std::string& where);

/// As Engine::open, of an engine file for what is asked for instead of what it was built for: to
/// compare. A TensorRT plan stays one unless another backend is named.
std::shared_ptr<const Engine> open_anew(const std::string& path, const EngineOptions& options);

/// The graphs of spec.graphs, read from spec.directory.
std::vector<Graph> read_pieces(const ModelSpec& spec);

/// The model of an engine file compiled anew, in fp32 with direct convolutions, for the same
/// backend and instruction set, the CPU's in place of a TensorRT plan: what its own precision is
/// held against. Errors as Engine::open's.
std::shared_ptr<const Engine> open_exact(const std::string& engine);

/// A model.yaml, or an engine file's model compiled anew: in fp32 with direct convolutions, and
/// with the RPN's factors rounded to `precision`. Errors as Engine::open's; Error(unsupported):
/// int8.
std::shared_ptr<const Engine> open_emulated(const std::string& path, const EngineOptions& options,
                                            Precision precision);

}  // namespace colonnade
