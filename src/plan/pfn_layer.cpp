#include "plan/pfn_layer.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "plan/subgraph.hpp"

namespace colonnade {
namespace {

bool moves_elements(const Op& op) {
  if (const auto* unary = std::get_if<op::Unary>(&op)) {
    return unary->kind == op::UnaryKind::identity;
  }
  return std::holds_alternative<op::Transpose>(op) || std::holds_alternative<op::Reshape>(op) ||
         std::holds_alternative<op::Squeeze>(op) || std::holds_alternative<op::Unsqueeze>(op) ||
         std::holds_alternative<op::Flatten>(op) || std::holds_alternative<op::Gather>(op) ||
         std::holds_alternative<op::Slice>(op);
}

bool takes_maximum(const Op& op) {
  const auto* reduce = std::get_if<op::Reduce>(&op);
  return std::holds_alternative<op::MaxPool>(op) ||
         (reduce != nullptr && reduce->kind == op::ReduceKind::max);
}

bool is_relu(const Op& op) {
  const auto* unary = std::get_if<op::Unary>(&op);
  return unary != nullptr && unary->kind == op::UnaryKind::relu;
}

bool is_product(const Op& op) {
  return std::holds_alternative<op::MatMul>(op) || std::holds_alternative<op::Gemm>(op) ||
         std::holds_alternative<op::Conv>(op);
}

bool all_are(const std::vector<std::int64_t>& values, std::int64_t value) {
  return std::all_of(values.begin(), values.end(), [&](std::int64_t v) { return v == value; });
}

/// SmallMunich: a convolution of 1 x 34, dilated by 3, over 100 slots, which leaves one column.
std::optional<SlotSum> slot_sum(const Graph& graph, const Node& node) {
  const auto* conv = std::get_if<op::Conv>(&node.op);
  if (conv == nullptr) return {};
  const Tensor& weights = graph.values[node.inputs[1]].constant;
  const bool has_bias = node.inputs.size() > 2 && node.inputs[2] != kNoValue;
  const std::optional<Shape>& from = graph.values[node.inputs[0]].shape;
  const std::optional<Shape>& to = graph.values[node.outputs[0]].shape;
  if (!weights || weights.dtype() != DType::f32 || weights.shape().rank() != 4 || !from || !to ||
      from->rank() != 4 || (has_bias && !graph.values[node.inputs[2]].constant)) {
    return {};
  }
  const Shape& shape = weights.shape();
  const op::Window& window = conv->window;
  if (conv->group != 1 || shape[1] > SlotSum::kMostChannels || shape[2] != 1 || shape[3] < 2 ||
      (*to)[3] != 1 || !all_are(window.pads, 0) ||
      (!window.strides.empty() && window.strides[0] != 1)) {
    return {};
  }
  SlotSum sum;
  sum.outputs = shape[0];
  sum.taps = shape[3];
  sum.step = window.dilations.size() > 1 ? window.dilations[1] : 1;
  const std::int64_t channels = shape[1];
  for (std::int64_t t = 0; t < sum.taps; ++t) {
    for (std::int64_t c = 0; c < channels; ++c) {
      for (std::int64_t o = 0; o < sum.outputs; ++o) {
        sum.weights.push_back(weights.as<float>()[(o * channels + c) * sum.taps + t]);
      }
    }
  }
  sum.rest.resize(static_cast<std::size_t>((sum.taps + 1) * sum.outputs));
  if (has_bias) {
    std::copy_n(graph.values[node.inputs[2]].constant.as<float>(), sum.outputs,
                sum.rest.end() - sum.outputs);
  }
  return sum;
}

class Walk {
 public:
  explicit Walk(const Graph& graph) : graph_(graph), producer_(producers(graph)) {}

  PfnLayer to_features() {
    layer_.without_relu = graph_;
    ValueId at = to_layer(graph_.outputs[0]);
    for (const Node* node = maker(at); node != nullptr; node = maker(at)) {
      at = only_variable(*node);
      if (is_product(node->op)) {
        layer_.features = at;
        return std::move(layer_);
      }
    }
    throw NotLinear{"no product with constant weights leads to what it makes of a pillar's points"};
  }

 private:
  // From the output to the answer of what is linear in the features.
  ValueId to_layer(ValueId at) {
    bool pooled = false;
    for (const Node* node = maker(at); node != nullptr; node = maker(at)) {
      if (is_relu(node->op)) {
        layer_.relu = true;
        pass_by(*node);
      } else if (takes_maximum(node->op) && !layer_.sum) {
        pooled = true;
      } else if (auto sum = !pooled && !layer_.relu ? slot_sum(graph_, *node) : std::nullopt) {
        layer_.sum = std::move(sum);
        pooled = true;
        const ValueId read = node->inputs[0];
        layer_.without_relu.outputs = {read};
      } else if (!moves_elements(node->op)) {
        break;
      }
      at = node->inputs[0];
    }
    if (!pooled) throw NotLinear{"it doesn't end with a maximum over a pillar's points"};
    return at;
  }

  const Node* maker(ValueId id) const {
    return producer_[id] < 0 ? nullptr : &graph_.nodes[static_cast<std::size_t>(producer_[id])];
  }

  ValueId only_variable(const Node& node) const {
    ValueId found = kNoValue;
    for (const ValueId id : node.inputs) {
      if (id == kNoValue || graph_.values[id].constant) continue;
      if (found != kNoValue) {
        throw NotLinear{fmt::format("'{}' combines two computed tensors", node.name)};
      }
      found = id;
    }
    if (found == kNoValue) throw NotLinear{fmt::format("'{}' reads only constants", node.name)};
    return found;
  }

  void pass_by(const Node& node) {
    const auto replace = [&](ValueId& id) {
      if (id == node.outputs[0]) id = node.inputs[0];
    };
    Graph& graph = layer_.without_relu;
    for (Node& each : graph.nodes) std::for_each(each.inputs.begin(), each.inputs.end(), replace);
    std::for_each(graph.outputs.begin(), graph.outputs.end(), replace);
  }

  const Graph& graph_;
  std::vector<std::int64_t> producer_;
  PfnLayer layer_;
};

}  // namespace

PfnLayer find_pfn_layer(const Graph& graph) {
  return Walk(graph).to_features();
}

}  // namespace colonnade
