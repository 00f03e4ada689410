#include "kernels/infer_graph.hpp"

#include <algorithm>
#include <variant>

#include "colonnade/error.hpp"
#include "graph/bind_inputs.hpp"
#include "kernels/cost.hpp"
#include "kernels/run_node.hpp"

namespace colonnade {
namespace {

TypeInfo absent() {
  TypeInfo type;
  type.present = false;
  return type;
}

bool is_static(const TypeInfo& type) {
  return type.shape && type.shape->is_static();
}

/// Shape and Size need no elements: a static shape is enough.
bool reads_shape_only(const Op& op) {
  return std::holds_alternative<op::ShapeOf>(op) || std::holds_alternative<op::Size>(op);
}

// What folding may take in all, beyond which values stay unknown: reading a small file must not
// take minutes. A scatter's position grids take 1e7 operations and 1e8 bytes.
constexpr RunLimits kFoldLimits{.bytes = 1U << 30, .operations = 1e9};

class Inference {
 public:
  Inference(const Graph& graph, std::int64_t fold_elements)
      : graph_(graph), fold_elements_(fold_elements), budget_(kFoldLimits) {
    grow();
  }

  /// Values that were added to the graph.
  void grow() {
    for (std::size_t id = result_.types.size(); id < graph_.values.size(); ++id) {
      const Value& value = graph_.values[id];
      result_.types.push_back(value.constant ? known(value.constant) : TypeInfo{});
    }
    result_.folded.resize(graph_.values.size());
  }

  void declare(ValueId input, DType dtype, const std::optional<Shape>& shape) {
    result_.types[input] = {dtype, shape, std::nullopt, true};
  }

  void visit(const Node& node) {
    std::vector<TypeInfo> inputs;
    for (const ValueId id : node.inputs) {
      inputs.push_back(id == kNoValue ? absent() : result_.types[id]);
    }
    const std::vector<TypeInfo> outputs = infer_node(node, inputs);
    for (std::size_t i = 0; i < node.outputs.size() && i < outputs.size(); ++i) {
      if (node.outputs[i] != kNoValue) result_.types[node.outputs[i]] = outputs[i];
    }
    if (foldable(node, inputs, outputs) && affordable(node, inputs, outputs)) fold(node, inputs);
  }

  const InferredGraph& result() const { return result_; }
  InferredGraph take() { return std::move(result_); }

 private:
  static TypeInfo known(const Tensor& tensor) {
    return {tensor.dtype(), tensor.shape(), tensor.view(), true};
  }

  bool small(const TypeInfo& type) const {
    return is_static(type) &&
           elements_of(*type.shape) <= static_cast<double>(fold_elements_);  // May exceed 2^63.
  }

  bool foldable(const Node& node, std::span<const TypeInfo> inputs,
                std::span<const TypeInfo> outputs) const {
    const auto fits = [this](const TypeInfo& type) { return small(type); };
    if (!std::all_of(outputs.begin(), outputs.end(), fits)) return false;
    if (reads_shape_only(node.op)) return is_static(inputs[0]);
    return std::all_of(inputs.begin(), inputs.end(), [&](const TypeInfo& type) {
      return !type.present || (type.value && fits(type));
    });
  }

  bool affordable(const Node& node, std::span<const TypeInfo> inputs,
                  std::span<const TypeInfo> outputs) {
    if (reads_shape_only(node.op)) return true;
    const std::optional<Cost> cost = cost_of(node, inputs, outputs);
    if (!cost) return false;
    try {
      budget_.admit(*cost);
    } catch (const Error&) {
      return false;
    }
    return true;
  }

  void fold(const Node& node, std::span<const TypeInfo> inputs) {
    std::vector<ConstTensorView> read;
    for (const TypeInfo& input : inputs) {
      read.push_back({input.dtype, input.shape.value_or(Shape{}),
                      input.value ? input.value->data : nullptr, input.present});
    }
    std::vector<Tensor> written = run_node(node, read);
    for (std::size_t i = 0; i < written.size(); ++i) {
      const ValueId id = node.outputs[i];
      if (id == kNoValue) continue;
      budget_.hold(static_cast<double>(written[i].bytes()));
      result_.folded[id] = std::move(written[i]);
      result_.types[id] = known(result_.folded[id]);
    }
  }

  const Graph& graph_;
  std::int64_t fold_elements_;
  Budget budget_;
  InferredGraph result_;
};

}  // namespace

class GraphInference::Body {
 public:
  Body(const Graph& graph, std::int64_t fold_elements)
      : graph_(graph), inference_(graph, fold_elements) {}

  const InferredGraph& update() {
    inference_.grow();
    if (next_node_ == 0) {
      for (const ValueId id : graph_.inputs) {
        inference_.declare(id, graph_.values[id].dtype, graph_.values[id].shape);
      }
    }
    for (; next_node_ < graph_.nodes.size(); ++next_node_) {
      try {
        inference_.visit(graph_.nodes[next_node_]);
      } catch (const Error&) {
        continue;
      }
    }
    return inference_.result();
  }

 private:
  const Graph& graph_;
  Inference inference_;
  std::size_t next_node_ = 0;
};

GraphInference::GraphInference(const Graph& graph, std::int64_t fold_elements)
    : body_(std::make_unique<Body>(graph, fold_elements)) {}
GraphInference::~GraphInference() = default;
const InferredGraph& GraphInference::update() {
  return body_->update();
}

InferredGraph infer_graph(const Graph& graph, std::span<const Shape> input_shapes,
                          std::int64_t fold_elements) {
  Inference inference(graph, fold_elements);
  if (!input_shapes.empty()) check_input_count(graph, input_shapes.size());
  for (std::size_t i = 0; i < graph.inputs.size(); ++i) {
    const Value& input = graph.values[graph.inputs[i]];
    if (input_shapes.empty()) {
      inference.declare(graph.inputs[i], input.dtype, input.shape);
    } else {
      check_input(input, input.dtype, input_shapes[i]);
      inference.declare(graph.inputs[i], input.dtype, input_shapes[i]);
    }
  }
  for (const Node& node : graph.nodes) inference.visit(node);
  return inference.take();
}

}  // namespace colonnade
