#include "build/graph_source.hpp"

#include <fmt/core.h>

#include <filesystem>
#include <utility>

#include "base/file.hpp"
#include "base/isa.hpp"
#include "detector/engine_body.hpp"
#include "engine_file/contents.hpp"
#include "engine_file/format.hpp"
#include "engine_file/target.hpp"
#include "onnx/reader.hpp"
#include "tensorrt/plan_program.hpp"
#include "tensorrt/stored_library.hpp"

#include "colonnade/error.hpp"

namespace colonnade {
namespace {

GraphSource plan_source(const TensorRtLibrary& library, std::vector<std::byte> plan,
                        Precision precision, const std::string& file) {
  const auto program = open_plan(library, std::move(plan), file);
  GraphSource source;
  source.graph = program->signature();
  source.profiles = program->profiles();
  source.backend = kTensorRtBackend;
  source.machine = machine_of(library, program->device());
  source.options.precision = precision;
  source.plan = program;
  return source;
}

GraphSource open_raw_plan(const std::string& file, const TensorRtPlaces& places) {
  if (std::filesystem::path(file).extension() == ".onnx") {
    throw Error(ErrorCode::invalid_argument, file,
                "is a graph; `colonnade build --backend tensorrt` makes a plan of it first");
  }
  const auto whole = WholeFile::read(file);
  return plan_source(choose_tensorrt(places), {whole->bytes().begin(), whole->bytes().end()},
                     Precision::fp32, file);
}

GraphSource open_plan_engine(EngineContents contents, const AskedTarget& asked,
                             const TensorRtPlaces& places, const std::string& file) {
  const std::string& precision = contents.precision.effective;
  if ((asked.backend != "auto" && asked.backend != kTensorRtBackend) ||
      (asked.precision != "auto" && asked.precision != precision)) {
    throw Error(ErrorCode::mismatch, file,
                fmt::format("holds a plan of TensorRT ({}) in {}, asked for are backend {} and "
                            "precision {}; rebuild it of {}",
                            contents.target.isa, precision, asked.backend, asked.precision,
                            contents.origin.source));
  }
  return plan_source(stored_library(contents.target.isa, places, file), std::move(contents.plan),
                     parse_precision(contents.precision.effective), file);
}

}  // namespace

GraphSource open_graph(const std::string& file, const AskedTarget& asked,
                       const TensorRtPlaces& places) {
  if (!is_engine_file(file)) {
    if (asked.backend == kTensorRtBackend) return open_raw_plan(file, places);
    refuse_false_engine(file);
    const std::string backend = asked.backend == "auto" ? "cpu" : asked.backend;
    find_backend(backend);  // Before the graph is read.
    GraphSource source;
    source.graph = read_onnx(file);
    source.backend = backend;
    source.options.isa = parse_isa(asked.isa);
    if (asked.precision != "auto") source.options.precision = parse_precision(asked.precision);
    return source;
  }
  EngineContents contents = read_engine(file);
  if (contents.target.backend == kTensorRtBackend && !contents.model)
    return open_plan_engine(std::move(contents), asked, places, file);
  if (!contents.model) meet_target(contents, asked, file);
  if (contents.model || contents.graphs.size() != 1) {
    throw Error(ErrorCode::mismatch, file,
                "is the engine of a model, which `colonnade detect` runs; expected one of a single "
                "ONNX graph");
  }
  GraphSource source;
  source.graph = std::move(contents.graphs[0]);
  source.profiles = std::move(contents.profiles);
  source.backend = contents.target.backend;
  source.options.isa = parse_isa(contents.target.isa);
  set_precision(contents, source.options);
  return source;
}

std::shared_ptr<const Program> GraphSource::compile(std::span<const Shape> shapes,
                                                    const CompileOptions& given) const {
  return plan ? plan : find_backend(backend).compile(graph, shapes, given);
}

PrecisionChoice GraphSource::precision() const {
  if (plan) return {options.precision, options.precision, ""};
  return find_backend(backend).choose(options.isa, options.precision);
}

std::string GraphSource::isa_name() const {
  return plan ? machine : find_backend(backend).isa_name(options.isa, precision().effective);
}

}  // namespace colonnade
