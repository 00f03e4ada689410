#include "kernels/infer_graph.hpp"

#include <algorithm>
#include <variant>

#include "graph/bind_inputs.hpp"
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

class Inference {
 public:
  Inference(const Graph& graph, std::int64_t fold_elements) : fold_elements_(fold_elements) {
    result_.types.resize(graph.values.size());
    result_.folded.resize(graph.values.size());
    for (std::size_t id = 0; id < graph.values.size(); ++id) {
      const Value& value = graph.values[id];
      if (value.constant) result_.types[id] = known(value.constant);
    }
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
    if (foldable(node, inputs, outputs)) fold(node, inputs);
  }

  InferredGraph take() { return std::move(result_); }

 private:
  static TypeInfo known(const Tensor& tensor) {
    return {tensor.dtype(), tensor.shape(), tensor.view(), true};
  }

  bool small(const TypeInfo& type) const {
    return is_static(type) && type.shape->elements() <= fold_elements_;
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
      result_.folded[id] = std::move(written[i]);
      result_.types[id] = known(result_.folded[id]);
    }
  }

  std::int64_t fold_elements_;
  InferredGraph result_;
};

}  // namespace

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
