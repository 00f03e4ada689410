#include "tensorrt/reduce_precision.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "colonnade/error.hpp"
#include "kernels/infer_graph.hpp"
#include "passes/remove_dead.hpp"
#include "plan/find_scatter.hpp"

namespace colonnade {
namespace {

/// kNoValue: there is none.
ValueId image_of(const Graph& graph) {
  std::string why_not;
  if (const auto site = find_scatter(graph, why_not)) return site->image;
  if (graph.inputs.size() != 1) return kNoValue;
  const Value& input = graph.values[graph.inputs[0]];
  const bool is_image = input.dtype == DType::f32 && input.shape && input.shape->rank() == 4 &&
                        (*input.shape)[0] == 1;
  return is_image ? graph.inputs[0] : kNoValue;
}

/// TensorRT-RTX 1.7 builds no transposed convolution of bfloat16 ("could not infer output types").
bool is_convolution(const Node& node, DType type) {
  return std::holds_alternative<op::Conv>(node.op) ||
         (std::holds_alternative<op::ConvTranspose>(node.op) && type == DType::f16);
}

/// Whose results are among its operands, or as exact as a sum of two is: between convolutions they
/// stay in their type. A constant operand is only taken from Pad, whose fill it is.
bool keeps_type(const Node& node) {
  if (const auto* unary = std::get_if<op::Unary>(&node.op))
    return unary->kind == op::UnaryKind::relu || unary->kind == op::UnaryKind::identity;
  if (const auto* binary = std::get_if<op::Binary>(&node.op))
    return binary->kind == op::BinaryKind::add;
  if (std::holds_alternative<op::MaxPool>(node.op)) return node.outputs.size() == 1;
  return std::holds_alternative<op::LeakyRelu>(node.op) ||
         std::holds_alternative<op::Concat>(node.op) || std::holds_alternative<op::Pad>(node.op) ||
         std::holds_alternative<op::Transpose>(node.op) ||
         std::holds_alternative<op::Reshape>(node.op) ||
         std::holds_alternative<op::Slice>(node.op) || std::holds_alternative<op::Split>(node.op);
}

class Reducer {
 public:
  Reducer(const Graph& graph, DType type)
      : given_(graph),
        types_(infer_graph(graph)),
        type_(type),
        result_{graph, 0},
        behind_(graph.values.size(), false),
        wide_(graph.values.size(), true),
        reduced_(graph.values.size(), kNoValue) {}

  ReducedGraph run(ValueId image) {
    result_.graph.nodes.clear();
    behind_[image] = true;
    for (const Node& node : given_.nodes) add(node);
    for (const ValueId id : given_.outputs) widen(id);
    result_.graph = remove_dead(result_.graph);
    return std::move(result_);
  }

 private:
  bool is_float(ValueId id) const { return id != kNoValue && types_.types[id].dtype == DType::f32; }
  bool is_constant(ValueId id) const { return static_cast<bool>(given_.values[id].constant); }
  bool is_reduced(ValueId id) const { return reduced_[id] != kNoValue; }

  void add(const Node& node) {
    const bool behind = std::any_of(node.inputs.begin(), node.inputs.end(),
                                    [&](ValueId id) { return id != kNoValue && behind_[id]; });
    if (behind) {
      for (const ValueId id : node.outputs) {
        if (id != kNoValue) behind_[id] = true;
      }
    }
    if (behind && is_convolution(node, type_) && weighs_constants(node)) {
      ++result_.convolutions;
      return add_reduced(node);
    }
    if (behind && keeps_type(node) && reads_reduced_maps(node)) return add_reduced(node);
    for (const ValueId id : node.inputs) {
      if (id != kNoValue) widen(id);
    }
    result_.graph.nodes.push_back(node);
  }

  bool weighs_constants(const Node& node) const {
    for (std::size_t i = 1; i < node.inputs.size(); ++i) {
      if (node.inputs[i] != kNoValue && !(is_constant(node.inputs[i]) && is_float(node.inputs[i])))
        return false;
    }
    return is_float(node.inputs[0]);
  }

  bool reads_reduced_maps(const Node& node) const {
    const bool is_pad = std::holds_alternative<op::Pad>(node.op);
    return is_reduced(node.inputs[0]) &&
           std::all_of(node.inputs.begin(), node.inputs.end(), [&](ValueId id) {
             return !is_float(id) || is_reduced(id) || (is_pad && is_constant(id));
           });
  }

  void add_reduced(Node node) {
    for (ValueId& id : node.inputs) {
      if (is_float(id)) id = reduced(id, node);
    }
    for (ValueId& id : node.outputs) {
      if (!is_float(id)) continue;
      wide_[id] = false;
      id = reduced_[id] = add_value(id);
    }
    result_.graph.nodes.push_back(std::move(node));
  }

  ValueId reduced(ValueId id, const Node& reader) {
    if (is_reduced(id)) return reduced_[id];
    if (is_constant(id)) {
      reduced_[id] = result_.graph.add_constant(reduced_name(id), converted(id, reader));
    } else {
      reduced_[id] = add_value(id);
      add_cast(id, reduced_[id], type_);
    }
    return reduced_[id];
  }

  /// Sees to it that `id` is there in float32.
  void widen(ValueId id) {
    if (wide_[id]) return;
    wide_[id] = true;
    add_cast(reduced_[id], id, DType::f32);
  }

  void add_cast(ValueId from, ValueId to, DType type) {
    result_.graph.nodes.push_back(
        {fmt::format("{}/cast", name(to)), "Cast", op::Cast{type}, {from}, {to}});
  }

  Tensor converted(ValueId id, const Node& reader) const {
    const Tensor& weights = given_.values[id].constant;
    Tensor result(type_, weights.shape());
    const float* from = weights.as<float>();
    for (std::size_t i = 0; i < weights.elements(); ++i) {
      if (type_ == DType::bf16) {
        result.as<BFloat16>()[i] = BFloat16(from[i]);
        continue;
      }
      result.as<Float16>()[i] = Float16(from[i]);
      if (std::isfinite(static_cast<double>(result.as<Float16>()[i])) == std::isfinite(from[i]))
        continue;
      throw Error(ErrorCode::unsupported,
                  fmt::format("node '{}' ({})", reader.name, reader.onnx_op),
                  fmt::format("has a weight of {}, beyond float16's 65504; --precision bf16 has "
                              "float32's range",
                              from[i]));
    }
    return result;
  }

  std::string name(ValueId id) const { return result_.graph.values[id].name; }
  std::string reduced_name(ValueId id) const {
    return fmt::format("{}/{}", name(id), name_of(type_));
  }
  ValueId add_value(ValueId like) {
    return result_.graph.add_value({reduced_name(like), type_, types_.types[like].shape, {}});
  }

  const Graph& given_;
  const InferredGraph types_;
  const DType type_;
  ReducedGraph result_;
  // By value of the given graph:
  std::vector<bool> behind_;      ///< It's computed from the image.
  std::vector<bool> wide_;        ///< It's there in float32.
  std::vector<ValueId> reduced_;  ///< Where it is in the reduced type, if anywhere.
};

}  // namespace

ReducedGraph reduce_precision(const Graph& graph, DType type) {
  const ValueId image = image_of(graph);
  if (image == kNoValue) return {graph, 0};
  ReducedGraph reduced = Reducer(graph, type).run(image);
  verify(reduced.graph);
  return reduced;
}

}  // namespace colonnade
