#include "build/graph_source.hpp"

#include <utility>

#include "backends/backend.hpp"
#include "base/isa.hpp"
#include "engine_file/contents.hpp"
#include "engine_file/format.hpp"
#include "engine_file/target.hpp"
#include "onnx/reader.hpp"

#include "colonnade/error.hpp"

namespace colonnade {

GraphSource open_graph(const std::string& file, const std::string& backend,
                       const std::string& isa) {
  if (!is_engine_file(file)) {
    const std::string own = backend == "auto" ? "cpu" : backend;
    find_backend(own);  // Before the graph is read.
    parse_isa(isa);
    return {read_onnx(file), {}, own, isa};
  }
  EngineContents contents = read_engine(file);
  check_target(contents, backend, isa, file);
  if (contents.model || contents.graphs.size() != 1) {
    throw Error(ErrorCode::mismatch, file,
                "is the engine of a model, which `colonnade detect` runs; expected one of a single "
                "ONNX graph");
  }
  return {std::move(contents.graphs[0]), std::move(contents.profile), contents.target.backend,
          contents.target.isa};
}

}  // namespace colonnade
