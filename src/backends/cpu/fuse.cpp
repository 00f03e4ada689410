#include "backends/cpu/fuse.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "backends/cpu/links.hpp"
#include "backends/cpu/operands.hpp"
#include "passes/fold_batch_norm.hpp"
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

void fold_into_matmul(Graph& graph, const NormalizedMatMul& found, const ChannelAffine& affine) {
  Node& matmul = graph.nodes[found.matmul];
  const Tensor* weights = constant_input(graph, matmul, 1);
  const std::size_t channels = affine.scale.size();
  if (weights == nullptr || weights->dtype() != DType::f32 || weights->shape().rank() != 2 ||
      weights->shape()[1] != static_cast<std::int64_t>(channels)) {
    return;
  }
  Tensor folded(DType::f32, weights->shape());
  for (std::size_t i = 0; i < folded.elements(); ++i) {
    folded.as<float>()[i] =
        static_cast<float>(weights->as<float>()[i] * affine.scale[i % channels]);
  }
  Tensor shift(DType::f32, {static_cast<std::int64_t>(channels)});
  std::transform(affine.shift.begin(), affine.shift.end(), shift.as<float>(),
                 [](double value) { return static_cast<float>(value); });
  matmul.inputs[1] = graph.add_constant(matmul.name + ".weights", std::move(folded));
  Node& last = graph.nodes[found.last];
  last.op = op::Binary{op::BinaryKind::add};
  last.inputs = {matmul.outputs[0], graph.add_constant(matmul.name + ".bias", std::move(shift))};
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
  graph = fold_batch_norm(std::move(graph));
  const Links links(graph);
  for (std::size_t n = 0; n < graph.nodes.size(); ++n) {
    const auto affine = batch_norm_affine(graph, graph.nodes[n]);
    if (!affine) continue;
    const NormalizedMatMul found = find_matmul(graph, links, n);
    if (found.matmul != kNoNode) fold_into_matmul(graph, found, *affine);
  }
  graph = remove_dead(graph);
}

}  // namespace colonnade::cpu
