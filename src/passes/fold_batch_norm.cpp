#include "passes/fold_batch_norm.hpp"

#include <cmath>
#include <utility>
#include <vector>

#include "passes/remove_dead.hpp"

namespace colonnade {
namespace {

bool is_f32(const Tensor& tensor) {
  return tensor && tensor.dtype() == DType::f32;
}

const Tensor& constant_of(const Graph& graph, const Node& node, std::size_t input) {
  static const Tensor none;
  if (input >= node.inputs.size() || node.inputs[input] == kNoValue) return none;
  return graph.values[node.inputs[input]].constant;
}

bool has_bias(const Node& conv) {
  return conv.inputs.size() > 2 && conv.inputs[2] != kNoValue;
}

/// The output channel of each weight. Conv: [M, C/g, ...]; ConvTranspose: [C, M/g, ...].
template <typename F>
void for_each_weight(const Op& op, const Shape& shape, F&& f) {
  const auto dim = [&](std::size_t axis) { return static_cast<std::size_t>(shape[axis]); };
  const std::size_t inner = static_cast<std::size_t>(shape.elements(2, shape.rank()));
  const auto* transposed = std::get_if<op::ConvTranspose>(&op);
  const std::size_t rows_a_group =
      transposed == nullptr ? 0 : dim(0) / static_cast<std::size_t>(transposed->group);
  for (std::size_t a = 0, i = 0; a < dim(0); ++a) {
    for (std::size_t b = 0; b < dim(1); ++b) {
      const std::size_t channel = transposed == nullptr ? a : a / rows_a_group * dim(1) + b;
      for (std::size_t k = 0; k < inner; ++k, ++i) f(i, channel);
    }
  }
}

std::size_t channels_of(const Op& op, const Shape& weights) {
  if (const auto* transposed = std::get_if<op::ConvTranspose>(&op))
    return static_cast<std::size_t>(weights[1] * transposed->group);
  return static_cast<std::size_t>(weights[0]);
}

/// The elements of a value's constant to be written to: its own where nobody else has or reads
/// them, which spares a large network's weights a copy.
Tensor writable(Graph& graph, ValueId id, std::size_t readers) {
  Tensor& constant = graph.values[id].constant;
  return readers == 1 && constant.is_alone() ? std::exchange(constant, Tensor()) : constant.clone();
}

bool fold_into(Graph& graph, Node& conv, const Node& norm,
               const std::vector<std::size_t>& readers) {
  const Tensor& weights = constant_of(graph, conv, 1);
  const Tensor bias = constant_of(graph, conv, 2);
  const std::optional<ChannelAffine> affine = batch_norm_affine(graph, norm);
  if (!is_f32(weights) || (has_bias(conv) && !is_f32(bias)) || !affine) return false;
  if (weights.shape().rank() < 3 || channels_of(conv.op, weights.shape()) != affine->scale.size())
    return false;
  const ValueId before_norm = conv.inputs[1];
  Tensor scaled = writable(graph, before_norm, readers[before_norm]);
  float* elements = scaled.as<float>();
  for_each_weight(conv.op, scaled.shape(), [&](std::size_t i, std::size_t channel) {
    elements[i] = static_cast<float>(double{elements[i]} * affine->scale[channel]);
  });
  Tensor moved(DType::f32, Shape{static_cast<std::int64_t>(affine->scale.size())});
  for (std::size_t c = 0; c < affine->scale.size(); ++c) {
    const double before = has_bias(conv) ? double{bias.as<float>()[c]} : 0;
    moved.as<float>()[c] = static_cast<float>(before * affine->scale[c] + affine->shift[c]);
  }
  conv.inputs.resize(3, kNoValue);
  conv.inputs[1] = graph.add_constant(graph.values[before_norm].name, std::move(scaled));
  conv.inputs[2] = graph.add_constant(conv.name + "/bias", std::move(moved));
  conv.outputs[0] = norm.outputs[0];
  return true;
}

}  // namespace

std::optional<ChannelAffine> batch_norm_affine(const Graph& graph, const Node& node) {
  const auto* norm = std::get_if<op::BatchNorm>(&node.op);
  if (norm == nullptr) return {};
  const float* parameters[4];
  std::size_t channels = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    const Tensor& tensor = constant_of(graph, node, i + 1);
    if (!is_f32(tensor) || (i > 0 && tensor.elements() != channels)) return {};
    channels = tensor.elements();
    parameters[i] = tensor.as<float>();
  }
  ChannelAffine affine;
  for (std::size_t c = 0; c < channels; ++c) {
    const double scale =
        parameters[0][c] / std::sqrt(static_cast<double>(parameters[3][c]) + norm->epsilon);
    affine.scale.push_back(scale);
    affine.shift.push_back(parameters[1][c] - parameters[2][c] * scale);
  }
  return affine;
}

Graph fold_batch_norm(Graph result, std::size_t* folded) {
  std::vector<std::size_t> readers(result.values.size(), 0);
  std::vector<Node*> writer(result.values.size(), nullptr);
  for (const ValueId id : result.outputs) ++readers[id];
  for (Node& node : result.nodes) {
    for (const ValueId id : node.inputs) {
      if (id != kNoValue) ++readers[id];
    }
    for (const ValueId id : node.outputs) {
      if (id != kNoValue) writer[id] = &node;
    }
  }
  std::size_t count = 0;
  std::vector<Node> kept;
  std::vector<bool> gone(result.nodes.size(), false);
  for (std::size_t i = 0; i < result.nodes.size(); ++i) {
    const Node& norm = result.nodes[i];
    if (!std::holds_alternative<op::BatchNorm>(norm.op)) continue;
    const ValueId between = norm.inputs[0];
    Node* conv = writer[between];
    const bool is_conv = conv != nullptr && (std::holds_alternative<op::Conv>(conv->op) ||
                                             std::holds_alternative<op::ConvTranspose>(conv->op));
    if (!is_conv || readers[between] != 1 || !fold_into(result, *conv, norm, readers)) continue;
    gone[i] = true;
    ++count;
  }
  for (std::size_t i = 0; i < result.nodes.size(); ++i) {
    if (!gone[i]) kept.push_back(std::move(result.nodes[i]));
  }
  result.nodes = std::move(kept);
  if (folded != nullptr) *folded = count;
  return remove_dead(result);
}

}  // namespace colonnade
