// One ONNX node as its builder sees it: typed attributes, inputs, and where results go.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "graph/graph.hpp"
#include "kernels/infer_graph.hpp"
#include "onnx/tensor_reader.hpp"
#include "onnx/wire.hpp"

namespace colonnade {

/// Thrown by builders for a node that Colonnade can't run; the importer lists all of them in one
/// Error. `reason` ends the sentence "node 'x' (Op): ...".
struct Unsupported {
  std::string reason;
};

/// An attribute in force: references of a function's body to its caller's attributes are resolved.
struct BoundAttribute {
  std::string_view name;
  const wire::AttributeProto* value = nullptr;
};
using BoundAttributes = std::vector<BoundAttribute>;

/// What a node is read with.
struct NodeSource {
  const wire::NodeProto* proto = nullptr;
  std::string name;   ///< The exporter's, or "#12 Conv".
  std::string where;  ///< "model.onnx: node 'Conv_3' (Conv)".
  std::int64_t opset = 0;
  BoundAttributes attributes;
  std::vector<ValueId> inputs;  ///< kNoValue where left out.
};

class NodeContext {
 public:
  /// `inference` is of `graph`.
  NodeContext(Graph& graph, GraphInference& inference, TensorReader& tensors, NodeSource source);

  const std::string& op_type() const noexcept { return source_.proto->op_type(); }
  std::int64_t opset() const noexcept { return source_.opset; }

  // Attributes. Exporters mistype them (ReduceMax's keepdims as INTS [0] in NVIDIA's, Squeeze's
  // axes as INT 1): a list of one is taken for its element and an element for a list of one.
  bool has(std::string_view name) const noexcept { return find(name) != nullptr; }
  std::int64_t integer(std::string_view name, std::int64_t fallback) const;
  bool flag(std::string_view name, bool fallback) const { return integer(name, fallback) != 0; }
  float real(std::string_view name, float fallback) const;
  std::string text(std::string_view name, std::string_view fallback) const;
  std::vector<std::int64_t> integers(std::string_view name) const;  ///< Empty where absent.
  std::vector<float> reals(std::string_view name) const;
  Tensor tensor(std::string_view name) const;  ///< No tensor where absent.

  // Inputs.
  std::size_t input_count() const noexcept { return source_.inputs.size(); }
  ValueId input(std::size_t i) const noexcept;
  const std::vector<ValueId>& inputs() const noexcept { return source_.inputs; }
  /// The elements of an input that doesn't depend on what the model is fed; else no tensor.
  Tensor constant(std::size_t i) const;
  DType dtype(std::size_t i) const;                 ///< float32 where it can't be told.
  std::optional<Shape> shape(std::size_t i) const;  ///< Nothing where it can't be told.
  /// A scalar constant of input `i`'s element type.
  ValueId scalar_like(std::size_t i, double value);
  /// Input `i`, or where it's absent the attribute that older opsets wrote in its place.
  ValueId input_or_integers(std::size_t i, std::string_view attribute);
  /// The same as a scalar of input 0's element type.
  ValueId input_or_real(std::size_t i, std::string_view attribute);

  // Results.
  std::size_t output_count() const noexcept;                   ///< As many as the node names.
  bool has_output(std::size_t i) const noexcept;               ///< Named: somebody may read it.
  ValueId add_integers(std::span<const std::int64_t> values);  ///< A constant of one dimension.
  ValueId add_constant(Tensor tensor);                         ///< A constant without a name.
  ValueId add(Op op, std::vector<ValueId> inputs);             ///< A helper node with one output.
  void emit(Op op, std::vector<ValueId> inputs);  ///< The node that writes all the outputs.
  void emit(Op op) { emit(std::move(op), inputs()); }
  void emit_constant(Tensor tensor);  ///< The only output is a constant.
  const std::vector<ValueId>& results() const noexcept { return results_; }

  [[noreturn]] void fail(ErrorCode code, const std::string& message) const;

 private:
  const wire::AttributeProto* find(std::string_view name) const noexcept;
  [[noreturn]] void fail_attribute(std::string_view name, const char* expected) const;

  Graph& graph_;
  GraphInference& inference_;
  TensorReader& tensors_;
  NodeSource source_;
  std::vector<ValueId> results_;
};

}  // namespace colonnade
