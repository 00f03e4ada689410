#include "backends/cpu/lower.hpp"

#include <algorithm>
#include <utility>

#include "backends/cpu/layers.hpp"
#include "backends/cpu/memory.hpp"
#include "kernels/reference.hpp"
#include "kernels/run_node.hpp"

namespace colonnade::cpu {

Lowering::Lowering(const Graph& graph, WeightStore& weights, const PlanOptions& options)
    : graph_(graph),
      weights_(weights),
      options_(options),
      links_(graph),
      places_(graph.values.size()),
      done_(graph.nodes.size(), false),
      slices_(graph.values.size()) {
  for (std::size_t i = 0; i < graph.inputs.size(); ++i) {
    Slot slot = new_row_major(graph.inputs[i]);
    plan_.buffers[slot.ref.buffer].kind = Buffer::Kind::input;
    plan_.buffers[slot.ref.buffer].index = i;
    plan_.inputs.push_back(slot);
    place(graph.inputs[i], slot);
  }
}

void Lowering::lower_reference(const Node& node) {
  ReferenceStep step;
  step.node = node;
  std::vector<TypeInfo> types;
  for (std::size_t i = 0; i < node.inputs.size(); ++i) {
    const ValueId id = node.inputs[i];
    ReferenceStep::Operand& operand = step.inputs.emplace_back();
    TypeInfo& type = types.emplace_back();
    type.present = operand.type.present = id != kNoValue;
    if (id == kNoValue) continue;
    const Slot slot = row_major(id);
    operand.ref = slot.ref;
    type.dtype = operand.type.dtype = slot.dtype;
    type.shape = operand.type.shape = slot.shape;
    if (const Tensor* constant = constant_of(node, i)) type.value = constant->view();
  }
  const bool all_wanted = std::count(node.outputs.begin(), node.outputs.end(), kNoValue) == 0;
  // Split goes by the sizes of outputs that nobody wants, too.
  const std::vector<TypeInfo> results =
      all_wanted ? std::vector<TypeInfo>() : infer_node(node, types);
  for (std::size_t i = 0; i < node.outputs.size(); ++i) {
    const ValueId id = node.outputs[i];
    ReferenceStep::Operand& operand = step.outputs.emplace_back();
    operand.type.present = id != kNoValue;
    if (id == kNoValue) {
      operand.type.dtype = results.at(i).dtype;
      operand.type.shape = results.at(i).shape.value_or(Shape{});
      continue;
    }
    const Slot slot = new_row_major(id);
    operand.ref = slot.ref;
    operand.type.dtype = slot.dtype;
    operand.type.shape = slot.shape;
    place(id, slot);
  }
  plan_.steps.emplace_back(std::move(step));
}

void Lowering::lower_node(std::size_t n) {
  const Node& node = graph_.nodes[n];
  const auto lower_fast = [&]<typename T>(const T& op) {
    if constexpr (std::is_same_v<T, op::Conv>) return lower_depthwise(n) || lower_conv(n);
    if constexpr (std::is_same_v<T, op::ConvTranspose>) return lower_conv_transpose(n);
    if constexpr (std::is_same_v<T, op::MatMul>) return lower_matmul(n);
    if constexpr (std::is_same_v<T, op::Gemm>) return lower_matmul(n);
    if constexpr (std::is_same_v<T, op::MaxPool>) return lower_max_pool(node);
    if constexpr (std::is_same_v<T, op::AveragePool>) return lower_average_pool(node);
    if constexpr (std::is_same_v<T, op::GlobalPool>) return lower_global_pool(node);
    if constexpr (std::is_same_v<T, op::Resize>) return lower_resize(node);
    if constexpr (std::is_same_v<T, op::Unary>) {
      return lower_view(node) || lower_unary(node, {op.kind});
    }
    if constexpr (std::is_same_v<T, op::LeakyRelu> || std::is_same_v<T, op::Elu> ||
                  std::is_same_v<T, op::HardSigmoid>) {
      return lower_unary(node, {op});
    }
    if constexpr (std::is_same_v<T, op::Clip>) return lower_clip(node);
    if constexpr (std::is_same_v<T, op::Binary>) return lower_binary(node);
    if constexpr (std::is_same_v<T, op::BatchNorm>) return lower_batch_norm(node);
    if constexpr (std::is_same_v<T, op::Reduce>) return lower_reduce(node);
    if constexpr (std::is_same_v<T, op::PillarScatter>) return lower_scatter(node);
    if constexpr (std::is_same_v<T, op::Concat>) return lower_concat(node);
    if constexpr (std::is_same_v<T, op::Split>) return lower_split(node);
    return lower_view(node);
  };
  if (!std::visit(lower_fast, node.op)) lower_reference(node);
}

// The steps that have no name yet.
void Lowering::name_steps(const std::string& name) {
  for (std::size_t s = plan_.names.size(); s < plan_.steps.size(); ++s) {
    const bool copy = std::holds_alternative<CopyStep>(plan_.steps[s]);
    plan_.names.push_back(copy ? copy_name(name) : name);
  }
}

Plan Lowering::finish() {
  plan_concat_slices();
  for (std::size_t n = 0; n < graph_.nodes.size(); ++n) {
    if (done_[n]) continue;
    fused_.clear();
    lower_node(n);
    std::string name = graph_.nodes[n].name;
    for (const std::size_t other : fused_) name += " + " + graph_.nodes[other].name;
    name_steps(name);
  }
  for (const ValueId id : graph_.outputs) {
    Slot slot = row_major(id);
    if (plan_.buffers[slot.ref.buffer].kind == Buffer::Kind::input) {
      const Slot from = slot;  // The caller's tensor may be gone when outputs() are read.
      slot = new_row_major(id);
      emit_copy(slot, from, plan_.steps);
    }
    plan_.outputs.push_back(slot);
    name_steps("output " + graph_.values[id].name);
  }

  // Where a step reads the caller's tensor itself, an image given by its pillars is written out
  // there, and the canvas is but one more copy.
  bool input_is_read = false;
  for (const Step& step : plan_.steps) {
    for_each_operand(step, [&](const Ref& ref, bool) {
      input_is_read |= plan_.buffers[ref.buffer].kind == Buffer::Kind::input;
    });
  }
  if (input_is_read) plan_.canvas.present = false;
  plan_.prologue = prologue_.size();
  plan_.steps.insert(plan_.steps.begin(), std::make_move_iterator(prologue_.begin()),
                     std::make_move_iterator(prologue_.end()));
  plan_.names.insert(plan_.names.begin(), prologue_.size(), copy_name("input"));
  return std::move(plan_);
}

Plan lower(const Graph& graph, WeightStore& weights, const PlanOptions& options) {
  return Lowering(graph, weights, options).finish();
}

}  // namespace colonnade::cpu
