#include "backends/cpu/gates.hpp"

#include <algorithm>
#include <optional>

#include "backends/cpu/links.hpp"
#include "backends/cpu/memory.hpp"

namespace colonnade::cpu {
namespace {

/// The node whose answer the output is, but for its layout.
std::size_t source_of(const Graph& graph, const Links& links, ValueId output) {
  for (;;) {
    const std::size_t n = links.producer[output];
    if (n == kNoNode || !std::holds_alternative<op::Transpose>(graph.nodes[n].op)) return n;
    output = graph.nodes[n].inputs[0];
  }
}

bool is_pointwise(const Graph& graph, const Node& node) {
  const auto* conv = std::get_if<op::Conv>(&node.op);
  if (conv == nullptr || conv->group != 1) return false;
  const std::optional<Shape>& weights = graph.values[node.inputs[1]].shape;
  return weights && weights->rank() == 4 && weights->elements(2, 4) == 1;
}

// The one step that writes a buffer.
std::optional<std::size_t> writer_of(const Plan& plan, std::size_t buffer) {
  std::optional<std::size_t> found;
  for (std::size_t s = 0; s < plan.steps.size(); ++s) {
    bool writes = false;
    for_each_operand(plan.steps[s],
                     [&](const Ref& ref, bool write) { writes |= write && ref.buffer == buffer; });
    if (!writes) continue;
    if (found) return {};
    found = s;
  }
  return found;
}

// Channels first from channels last, cells in the same order.
bool transposes(const CopyStep& copy, const ConvStep& conv) {
  const LoopNest& nest = copy.nest;
  const std::int64_t cells = conv.map.height * conv.map.width;
  return copy.element == sizeof(float) && copy.from.byte == conv.pieces[0].output.byte &&
         nest.dims.rank() == 2 && nest.dims[1] == cells && nest.strides[0][0] == cells &&
         nest.strides[0][1] == 1 && nest.strides[1][0] == 1 &&
         nest.strides[1][1] == conv.map.channels;
}

const ConvStep* whole_conv(const Plan& plan, std::size_t s) {
  const auto* conv = std::get_if<ConvStep>(&plan.steps[s]);
  return conv != nullptr && conv->pieces.size() == 1 && conv->pieces[0].placement == Placement{} &&
                 conv->pieces[0].args.output_type == DType::f32
             ? conv
             : nullptr;
}

/// The convolution whose map an output is, in the map's order of cells.
std::optional<std::size_t> step_of(const Plan& plan, std::size_t output) {
  const Ref& ref = plan.outputs[output].ref;
  const auto writer = writer_of(plan, ref.buffer);
  if (!writer) return {};
  if (const auto* copy = std::get_if<CopyStep>(&plan.steps[*writer])) {
    const auto source = writer_of(plan, copy->from.buffer);
    const ConvStep* conv = source ? whole_conv(plan, *source) : nullptr;
    return conv != nullptr && transposes(*copy, *conv) ? source : std::nullopt;
  }
  const ConvStep* conv = whole_conv(plan, *writer);
  return conv != nullptr && conv->pieces[0].output.byte == ref.byte ? writer : std::nullopt;
}

// Or only the frame's active cells of it are stored.
bool is_whole(const Plan& plan, std::size_t s) {
  if (plan.active.empty() || !plan.active.steps[s]) return true;
  return plan.active.maps[plan.active.steps[s]->output].storage == ActiveMap::Storage::whole;
}

std::optional<BandedSteps::Gate> gate_of(const Plan& plan, const OutputGate& outputs) {
  const auto deciding = step_of(plan, outputs.deciding);
  if (!deciding || !is_whole(plan, *deciding)) return {};
  BandedSteps::Gate gate{*deciding, {}};
  for (const std::size_t output : outputs.gated) {
    const auto step = step_of(plan, output);
    if (!step || *step == *deciding || !is_whole(plan, *step)) return {};
    gate.gated.push_back(*step);
  }
  return gate;
}

void note_maps(ActivePlan& active, const BandedSteps::Gate& gate) {
  if (active.empty() || !active.steps[gate.deciding]) return;
  for (const std::size_t s : gate.gated) {
    if (active.steps[s])
      active.maps[active.steps[s]->output].decided_by = active.steps[gate.deciding]->output;
  }
}

}  // namespace

std::vector<bool> gated_convolutions(const Graph& graph, std::span<const OutputGate> gates) {
  std::vector<bool> result(graph.nodes.size(), false);
  const Links links(graph);
  for (const OutputGate& gate : gates) {
    std::vector<std::size_t> nodes{source_of(graph, links, graph.outputs[gate.deciding])};
    for (const std::size_t output : gate.gated) {
      nodes.push_back(source_of(graph, links, graph.outputs[output]));
    }
    const bool all = std::all_of(nodes.begin(), nodes.end(), [&](std::size_t n) {
      return n != kNoNode && is_pointwise(graph, graph.nodes[n]) &&
             graph.nodes[n].inputs[0] == graph.nodes[nodes[0]].inputs[0];
    });
    if (!all) continue;
    for (const std::size_t n : nodes) result[n] = true;
  }
  return result;
}

void find_gates(Plan& plan, std::span<const OutputGate> gates) {
  for (const OutputGate& outputs : gates) {
    const auto gate = gate_of(plan, outputs);
    if (!gate) continue;
    for (BandedSteps& banded : plan.banded) {
      const auto reads = [&](std::size_t s) {
        return s >= banded.first_reader && s <= banded.last;
      };
      if (!reads(gate->deciding) || !std::all_of(gate->gated.begin(), gate->gated.end(), reads)) {
        continue;
      }
      banded.gates.push_back(*gate);
      note_maps(plan.active, *gate);
    }
  }
}

}  // namespace colonnade::cpu
