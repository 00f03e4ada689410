// Pointwise convolutions of one map, as heads are, become one.
#include <algorithm>
#include <cstring>
#include <utility>

#include "backends/cpu/fuse.hpp"
#include "backends/cpu/gates.hpp"
#include "backends/cpu/links.hpp"
#include "backends/cpu/operands.hpp"
#include "passes/remove_dead.hpp"

namespace colonnade::cpu {
namespace {

// Wider ones gain nothing: their own blocks of channels are full, and their maps big.
constexpr std::int64_t kMostOutputs = 256;

bool all_are(const std::vector<std::int64_t>& values, std::int64_t value) {
  return std::all_of(values.begin(), values.end(), [&](std::int64_t v) { return v == value; });
}

class Joiner {
 public:
  Joiner(Graph& graph, std::span<const OutputGate> gates)
      : graph_(graph), links_(graph), apart_(gated_convolutions(graph, gates)) {}

  void run() {
    std::vector<Node> nodes;
    std::vector<bool> joined(graph_.nodes.size(), false);
    for (std::size_t n = 0; n < graph_.nodes.size(); ++n) {
      if (joined[n]) continue;
      const std::vector<std::size_t> siblings = siblings_of(n);
      if (siblings.size() < 2) {
        nodes.push_back(graph_.nodes[n]);
        continue;
      }
      for (const std::size_t s : siblings) joined[s] = true;
      join(siblings, nodes);
    }
    graph_.nodes = std::move(nodes);
  }

 private:
  const Tensor* constant(const Node& node, std::size_t input) const {
    const Tensor* tensor = constant_input(graph_, node, input);
    return tensor != nullptr && tensor->dtype() == DType::f32 ? tensor : nullptr;
  }

  // A ReLU or a Concat behind a convolution is fused with it, which is worth more.
  bool is_fused_further(ValueId value) const {
    const auto& readers = links_.readers[value];
    return std::any_of(readers.begin(), readers.end(), [&](std::size_t n) {
      const Op& op = graph_.nodes[n].op;
      const auto* unary = std::get_if<op::Unary>(&op);
      return std::holds_alternative<op::Concat>(op) ||
             (unary != nullptr && unary->kind == op::UnaryKind::relu);
    });
  }

  bool is_candidate(std::size_t n) const {
    const Node& node = graph_.nodes[n];
    const auto* conv = std::get_if<op::Conv>(&node.op);
    const Tensor* weights = conv != nullptr ? constant(node, 1) : nullptr;
    if (weights == nullptr || conv->group != 1 || apart_[n] ||
        (has_input(node, 2) && constant(node, 2) == nullptr) ||
        !graph_.values[node.outputs[0]].shape) {
      return false;
    }
    const Shape& shape = weights->shape();
    const op::Window& window = conv->window;
    return shape.rank() >= 3 && shape.elements(2, shape.rank()) == 1 &&
           all_are(window.strides, 1) && all_are(window.pads, 0) &&
           !is_fused_further(node.outputs[0]);
  }

  std::vector<std::size_t> siblings_of(std::size_t n) const {
    if (!is_candidate(n)) return {};
    std::vector<std::size_t> result;
    std::int64_t outputs = 0;
    for (const std::size_t reader : links_.readers[graph_.nodes[n].inputs[0]]) {
      if (reader < n || !is_candidate(reader)) continue;
      const Node& node = graph_.nodes[reader];
      const std::int64_t more = constant(node, 1)->shape()[0];
      const bool same_rank =
          constant(node, 1)->shape().rank() == constant(graph_.nodes[n], 1)->shape().rank();
      if (node.inputs[0] != graph_.nodes[n].inputs[0] || !same_rank ||
          outputs + more > kMostOutputs) {
        continue;
      }
      outputs += more;
      result.push_back(reader);
    }
    return result;
  }

  void join(const std::vector<std::size_t>& siblings, std::vector<Node>& nodes) {
    const Node& first = graph_.nodes[siblings.front()];
    Tensor sizes(DType::i64, {static_cast<std::int64_t>(siblings.size())});
    Shape shape = constant(first, 1)->shape();
    shape[0] = 0;
    std::vector<ValueId> results;
    for (std::size_t i = 0; i < siblings.size(); ++i) {
      const Node& node = graph_.nodes[siblings[i]];
      sizes.as<std::int64_t>()[i] = constant(node, 1)->shape()[0];
      shape[0] += sizes.as<std::int64_t>()[i];
      results.push_back(node.outputs[0]);
    }
    Tensor weights(DType::f32, shape), bias(DType::f32, {shape[0]});
    float* weight = weights.as<float>();
    float* shift = bias.as<float>();
    for (std::size_t i = 0; i < siblings.size(); ++i) {
      const Node& node = graph_.nodes[siblings[i]];
      const Tensor& own = *constant(node, 1);
      weight = std::copy_n(own.as<float>(), own.elements(), weight);
      if (const Tensor* own_bias = constant(node, 2)) {
        std::copy_n(own_bias->as<float>(), own_bias->elements(), shift);
      }
      shift += own.shape()[0];
    }
    Value map = graph_.values[first.outputs[0]];
    map.name.clear();
    (*map.shape)[1] = shape[0];

    Node conv = first;
    conv.inputs = {first.inputs[0], graph_.add_constant(conv.name + ".weights", std::move(weights)),
                   graph_.add_constant(conv.name + ".bias", std::move(bias))};
    conv.outputs = {graph_.add_value(std::move(map))};
    for (const std::size_t sibling : siblings) {
      if (sibling != siblings.front()) conv.name += " + " + graph_.nodes[sibling].name;
    }
    Node split;
    split.name = conv.name + ".split";
    split.onnx_op = "Split";
    split.op = op::Split{1};
    split.inputs = {conv.outputs[0], graph_.add_constant(split.name + ".sizes", std::move(sizes))};
    split.outputs = std::move(results);
    nodes.push_back(std::move(conv));
    nodes.push_back(std::move(split));
  }

  Graph& graph_;
  const Links links_;
  const std::vector<bool> apart_;  ///< By node.
};

}  // namespace

void join_pointwise(Graph& graph, std::span<const OutputGate> gates) {
  Joiner(graph, gates).run();
  graph = remove_dead(graph);
}

}  // namespace colonnade::cpu
