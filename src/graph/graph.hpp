// The intermediate representation: a value type, copied and compared freely.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/tensor.hpp"
#include "graph/ops.hpp"

namespace colonnade {

using ValueId = std::uint32_t;
inline constexpr ValueId kNoValue = UINT32_MAX;  ///< An optional input or output that isn't there.

/// One tensor of the graph. `shape` holds what is known: nothing, or dims with kUnknownDim.
/// After the reader, only graph inputs and constants have type and shape; `infer_types` fills the
/// rest.
struct Value {
  std::string name;  ///< The exporter's; may be empty or repeated for values made by passes.
  DType dtype = DType::f32;
  std::optional<Shape> shape;
  Tensor constant;  ///< Set for constants.
};

struct Node {
  std::string name;     ///< The exporter's, or "#12 Conv" (position and type) where it wrote none.
  std::string onnx_op;  ///< The exporter's op type, for messages ("Scatter", "PPScatterPlugin").
  Op op;
  std::vector<ValueId> inputs;
  std::vector<ValueId> outputs;

  // Compiled once, not wherever a node is copied: seventy alternatives of `op` are a lot of code.
  Node();
  Node(std::string name, std::string onnx_op, Op op, std::vector<ValueId> inputs,
       std::vector<ValueId> outputs);
  Node(const Node&);
  Node(Node&&) noexcept;
  Node& operator=(const Node&);
  Node& operator=(Node&&) noexcept;
  ~Node();
};

struct Graph {
  std::string name;
  std::vector<Value> values;
  std::vector<Node> nodes;  ///< In an order in which each node follows what it reads.
  std::vector<ValueId> inputs;
  std::vector<ValueId> outputs;

  ValueId add_value(Value value);
  ValueId add_constant(std::string name, Tensor tensor);
  /// The input or output of that name; kNoValue if there is none.
  ValueId find_input(std::string_view name) const noexcept;
  ValueId find_output(std::string_view name) const noexcept;
};

/// Every id in range, every value written at most once and before it's read, outputs reachable.
/// Error(internal or format) says which node breaks it. Run after the reader and every pass.
void verify(const Graph& graph);

/// As text, a node a line: `%12 conv1: float32[1,64,248,216] = Conv(%3 x, %4 w) kernel=3x3 ...`.
std::string to_text(const Graph& graph);

}  // namespace colonnade
