#include "backends/cpu/fuse.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "backends/cpu/links.hpp"
#include "backends/cpu/operands.hpp"
#include "passes/remove_dead.hpp"

namespace colonnade::cpu {
namespace {

// Begins, then ends, of the spatial axes of a zero Pad; nothing where it does anything else.
std::optional<std::vector<std::int64_t>> spatial_zero_pads(const Graph& graph, const Node& node) {
  const auto* pad = std::get_if<op::Pad>(&node.op);
  const Tensor* pads = constant_input(graph, node, 1);
  if (pad == nullptr || pad->mode != op::PadMode::constant || pads == nullptr ||
      has_input(node, 3)) {
    return {};
  }
  if (has_input(node, 2)) {
    const Tensor* value = constant_input(graph, node, 2);
    if (value == nullptr || value->dtype() != DType::f32 || *value->as<float>() != 0) return {};
  }
  std::vector<std::int64_t> all = to_int64(pads->view());
  const std::size_t rank = all.size() / 2;
  if (rank < 3 || std::any_of(all.begin(), all.end(), [](std::int64_t p) { return p < 0; })) {
    return {};
  }
  if (all[0] != 0 || all[1] != 0 || all[rank] != 0 || all[rank + 1] != 0) return {};
  std::vector<std::int64_t> spatial(all.begin() + 2, all.begin() + static_cast<long>(rank));
  spatial.insert(spatial.end(), all.begin() + static_cast<long>(rank) + 2, all.end());
  return spatial;
}

// y = x * scale + shift per channel.
struct Affine {
  std::vector<double> scale, shift;
};

std::optional<Affine> affine_of(const Graph& graph, const Node& node) {
  const auto* norm = std::get_if<op::BatchNorm>(&node.op);
  if (norm == nullptr) return {};
  const float* parameter[4];
  std::size_t channels = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    const Tensor* tensor = constant_input(graph, node, i + 1);
    if (tensor == nullptr || tensor->dtype() != DType::f32) return {};
    if (i > 0 && tensor->elements() != channels) return {};
    channels = tensor->elements();
    parameter[i] = tensor->as<float>();
  }
  Affine affine;
  for (std::size_t c = 0; c < channels; ++c) {
    const double scale =
        parameter[0][c] / std::sqrt(static_cast<double>(parameter[3][c]) + norm->epsilon);
    affine.scale.push_back(scale);
    affine.shift.push_back(parameter[1][c] - parameter[2][c] * scale);
  }
  return affine;
}

// Multiplies weights whose axis `axis` counts the output channels; nothing where it doesn't fit.
Tensor scaled(const Tensor& weights, std::size_t axis, const std::vector<double>& scale) {
  const Shape& shape = weights.shape();
  if (weights.dtype() != DType::f32 || axis >= shape.rank() ||
      shape[axis] != static_cast<std::int64_t>(scale.size())) {
    return {};
  }
  const auto inner = static_cast<std::size_t>(shape.elements(axis + 1, shape.rank()));
  Tensor result(DType::f32, shape);
  for (std::size_t i = 0; i < weights.elements(); ++i) {
    result.as<float>()[i] =
        static_cast<float>(weights.as<float>()[i] * scale[i / inner % scale.size()]);
  }
  return result;
}

bool fold_into_convolution(Graph& graph, Node& conv, const Affine& affine, std::size_t axis) {
  const Tensor* weights = constant_input(graph, conv, 1);
  const Tensor* bias = constant_input(graph, conv, 2);
  if (weights == nullptr || (has_input(conv, 2) && bias == nullptr)) return false;
  Tensor folded = scaled(*weights, axis, affine.scale);
  if (!folded) return false;
  Tensor shift(DType::f32, {static_cast<std::int64_t>(affine.shift.size())});
  for (std::size_t c = 0; c < affine.shift.size(); ++c) {
    const double before = bias != nullptr ? bias->as<float>()[c] : 0;
    shift.as<float>()[c] = static_cast<float>(before * affine.scale[c] + affine.shift[c]);
  }
  conv.inputs.resize(3);
  conv.inputs[1] = graph.add_constant(conv.name + ".weights", std::move(folded));
  conv.inputs[2] = graph.add_constant(conv.name + ".bias", std::move(shift));
  return true;
}

// The nodes from a MatMul to its BatchNorm: directly, where channels are axis 1 of two, or between
// two Transposes that bring the last axis to place 1 and back (OpenPCDet's PFN before export
// simplification).
struct NormalizedMatMul {
  std::size_t matmul = kNoNode, last = kNoNode;
};

NormalizedMatMul find_matmul(const Graph& graph, const Links& links, std::size_t norm) {
  const ValueId from = graph.nodes[norm].inputs[0], to = graph.nodes[norm].outputs[0];
  if (links.only_reader(from) != norm || links.producer[from] == kNoNode) return {};
  const std::size_t before = links.producer[from];
  const auto rank_of = [&](ValueId id) {
    return graph.values[id].shape ? graph.values[id].shape->rank() : 0;
  };
  if (std::holds_alternative<op::MatMul>(graph.nodes[before].op)) {
    return rank_of(from) == 2 ? NormalizedMatMul{before, norm} : NormalizedMatMul{};
  }
  const auto* there = std::get_if<op::Transpose>(&graph.nodes[before].op);
  const std::size_t after = links.only_reader(to);
  if (there == nullptr || after == kNoNode) return {};
  const auto* back = std::get_if<op::Transpose>(&graph.nodes[after].op);
  const std::vector<std::int64_t> swap{0, 2, 1};
  if (back == nullptr || there->perm != swap || back->perm != swap) return {};
  const ValueId product = graph.nodes[before].inputs[0];
  const std::size_t matmul = links.producer[product];
  if (links.only_reader(product) != before || matmul == kNoNode ||
      !std::holds_alternative<op::MatMul>(graph.nodes[matmul].op)) {
    return {};
  }
  return {matmul, after};
}

bool fold_into_matmul(Graph& graph, const NormalizedMatMul& found, const Affine& affine) {
  Node& matmul = graph.nodes[found.matmul];
  const Tensor* weights = constant_input(graph, matmul, 1);
  if (weights == nullptr || weights->shape().rank() != 2) return false;
  Tensor folded = scaled(*weights, 1, affine.scale);
  if (!folded) return false;
  Tensor shift(DType::f32, {static_cast<std::int64_t>(affine.shift.size())});
  std::transform(affine.shift.begin(), affine.shift.end(), shift.as<float>(),
                 [](double value) { return static_cast<float>(value); });
  matmul.inputs[1] = graph.add_constant(matmul.name + ".weights", std::move(folded));
  Node& last = graph.nodes[found.last];
  last.op = op::Binary{op::BinaryKind::add};
  last.inputs = {matmul.outputs[0], graph.add_constant(matmul.name + ".bias", std::move(shift))};
  return true;
}

}  // namespace

void merge_pads(Graph& graph) {
  const Links links(graph);
  for (Node& node : graph.nodes) {
    auto* conv = std::get_if<op::Conv>(&node.op);
    if (conv == nullptr || links.producer[node.inputs[0]] == kNoNode) continue;
    op::Window& window = conv->window;
    if (window.auto_pad != op::AutoPad::not_set && window.auto_pad != op::AutoPad::valid) continue;
    const Node& before = graph.nodes[links.producer[node.inputs[0]]];
    const auto pads = spatial_zero_pads(graph, before);
    if (!pads || (!window.pads.empty() && window.pads.size() != pads->size())) continue;
    window.auto_pad = op::AutoPad::not_set;
    window.pads.resize(pads->size(), 0);
    for (std::size_t i = 0; i < pads->size(); ++i) window.pads[i] += (*pads)[i];
    node.inputs[0] = before.inputs[0];
  }
  graph = remove_dead(graph);
}

void fold_batch_norms(Graph& graph) {
  const Links links(graph);
  for (std::size_t n = 0; n < graph.nodes.size(); ++n) {
    const auto affine = affine_of(graph, graph.nodes[n]);
    if (!affine) continue;
    const ValueId from = graph.nodes[n].inputs[0];
    const std::size_t before = links.producer[from];
    if (before == kNoNode || links.only_reader(from) != n) continue;
    Node& conv = graph.nodes[before];
    const auto* transposed = std::get_if<op::ConvTranspose>(&conv.op);
    const bool plain = std::holds_alternative<op::Conv>(conv.op);
    if (plain || (transposed != nullptr && transposed->group == 1)) {
      if (fold_into_convolution(graph, conv, *affine, plain ? 0 : 1)) {
        conv.outputs[0] = graph.nodes[n].outputs[0];
        graph.nodes[n].inputs = {};
        graph.nodes[n].outputs = {kNoValue};
      }
    } else if (const NormalizedMatMul found = find_matmul(graph, links, n);
               found.matmul != kNoNode) {
      fold_into_matmul(graph, found, *affine);
    }
  }
  graph = remove_dead(graph);
}

}  // namespace colonnade::cpu
