#include "build/graph_source.hpp"

#include <utility>

#include "base/isa.hpp"
#include "detector/engine_body.hpp"
#include "engine_file/contents.hpp"
#include "engine_file/format.hpp"
#include "engine_file/target.hpp"
#include "onnx/reader.hpp"

#include "colonnade/error.hpp"

namespace colonnade {

GraphSource open_graph(const std::string& file, const AskedTarget& asked) {
  if (!is_engine_file(file)) {
    const std::string backend = asked.backend == "auto" ? "cpu" : asked.backend;
    find_backend(backend);  // Before the graph is read.
    CompileOptions compile;
    compile.isa = parse_isa(asked.isa);
    if (asked.precision != "auto") compile.precision = parse_precision(asked.precision);
    return {read_onnx(file), {}, backend, compile};
  }
  EngineContents contents = read_engine(file);
  check_target(contents, asked, file);
  if (contents.model || contents.graphs.size() != 1) {
    throw Error(ErrorCode::mismatch, file,
                "is the engine of a model, which `colonnade detect` runs; expected one of a single "
                "ONNX graph");
  }
  CompileOptions compile;
  compile.isa = parse_isa(contents.target.isa);
  set_precision(contents, compile);
  return {std::move(contents.graphs[0]), std::move(contents.profile), contents.target.backend,
          compile};
}

}  // namespace colonnade
