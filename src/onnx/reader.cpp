#include "onnx/reader.hpp"

#include <fmt/core.h>

#include <climits>
#include <filesystem>

#include "base/file.hpp"
#include "onnx/dense_shape.hpp"
#include "onnx/importer.hpp"
#include "onnx/recognise.hpp"
#include "onnx/tensor_reader.hpp"
#include "onnx/wire.hpp"
#include "passes/remove_dead.hpp"

namespace colonnade {
namespace {

constexpr std::int64_t kNewestIr = 14;

[[noreturn]] void refuse_bytes(std::span<const std::byte> bytes, const std::string& where) {
  const std::string what = recognise(bytes);
  if (!what.empty()) {
    throw Error(ErrorCode::format, where, "isn't an ONNX model but " + what);
  }
  if (is_truncated_model(bytes)) {
    throw Error(ErrorCode::format, where,
                fmt::format("is a truncated ONNX model: it ends inside a field, after {} bytes; "
                            "copy or download it again",
                            bytes.size()));
  }
  throw Error(ErrorCode::format, where, "isn't an ONNX model, or is a damaged one");
}

wire::ModelProto parse(std::span<const std::byte> bytes, const std::string& where) {
  if (bytes.empty()) throw Error(ErrorCode::format, where, "is empty; expected an ONNX model");
  if (bytes.size() > INT_MAX) {
    throw Error(ErrorCode::limit, where,
                fmt::format("has {} bytes, beyond protobuf's 2 GiB; export with external data",
                            bytes.size()));
  }
  wire::ModelProto model;
  const bool parsed = model.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
  // Bytes of something else may parse by chance, as fields that a model doesn't have.
  if (!parsed || !model.has_graph()) refuse_bytes(bytes, where);
  if (model.ir_version() > kNewestIr) {
    throw Error(ErrorCode::unsupported, where,
                fmt::format("is of ONNX IR version {}; supported are versions up to {}, so save it "
                            "with an older one (onnx's ModelProto.ir_version)",
                            model.ir_version(), kNewestIr));
  }
  return model;
}

// Shapes that the file declares for its outputs, where all of their dims are static.
std::vector<Shape> declared_output_shapes(const wire::GraphProto& graph) {
  std::vector<Shape> shapes;
  for (const auto& output : graph.output()) {
    const auto& dims = output.type().tensor_type().shape().dim();
    if (static_cast<std::size_t>(dims.size()) > kMaxRank) continue;
    Shape shape;
    for (const auto& dim : dims) shape.push_back(dim.dim_value());
    shapes.push_back(shape);
  }
  return shapes;
}

Graph read_model(std::span<const std::byte> bytes, const std::string& where,
                 TensorReader& tensors) {
  const wire::ModelProto model = parse(bytes, where);
  Graph graph = Importer(model, where, tensors).run();
  correct_dense_shape(graph, declared_output_shapes(model.graph()));
  graph = remove_dead(graph);
  verify(graph);
  return graph;
}

}  // namespace

Graph read_onnx(std::span<const std::byte> bytes, const std::string& where,
                const std::string& directory) {
  TensorReader tensors(directory);
  return read_model(bytes, where, tensors);
}

Graph read_onnx(const std::string& path, std::vector<std::string>* data_files) {
  const auto file = WholeFile::read(path);
  const auto directory = std::filesystem::path(path).parent_path();
  TensorReader tensors(directory.empty() ? "." : directory.string());
  Graph graph = read_model(file->bytes(), path, tensors);
  if (data_files != nullptr) *data_files = tensors.files();
  return graph;
}

}  // namespace colonnade
