// Lowering: element-wise operators, reductions, scatter.
#include <algorithm>
#include <cmath>

#include "backends/cpu/lower.hpp"
#include "kernels/elementwise/cpu.hpp"

namespace colonnade::cpu {
namespace {

Strides broadcast_strides(const Slot& slot, const Shape& shape) {
  Strides strides{};
  const std::size_t shift = shape.rank() - slot.shape.rank();
  for (std::size_t a = 0; a < slot.shape.rank(); ++a) {
    strides[a + shift] = slot.shape[a] == 1 ? 0 : slot.strides[a];
  }
  return strides;
}

bool prefers_channels_last(const Slot& slot) {
  return slot.is_channels_last() && !slot.is_row_major();
}

}  // namespace

bool Lowering::lower_unary(const Node& node, const UnaryFunction& function) {
  if (!is_float(node.inputs[0]) || !is_fast(function)) return false;
  const Slot from = any(node.inputs[0]);
  const Slot to = prefers_channels_last(from) ? new_channels_last(node.outputs[0])
                                              : new_row_major(node.outputs[0]);
  const Strides strides[] = {to.strides, from.strides};
  plan_.steps.push_back(UnaryStep{function, make_loop_nest(to.shape, strides), to.ref, from.ref});
  place(node.outputs[0], to);
  return true;
}

// Bounds that aren't there are infinite; ones that an input gives are the reference's affair.
bool Lowering::lower_clip(const Node& node) {
  Clamp clamp;
  float* bounds[] = {&clamp.min, &clamp.max};
  for (std::size_t i = 0; i < 2; ++i) {
    const std::size_t input = i + 1;
    if (input >= node.inputs.size() || node.inputs[input] == kNoValue) continue;
    const Tensor* bound = constant_of(node, input);
    if (bound == nullptr || bound->dtype() != DType::f32 || bound->elements() != 1) return false;
    *bounds[i] = *bound->as<float>();
  }
  return lower_unary(node, {clamp});
}

void Lowering::emit_binary(op::BinaryKind kind, const Slot& to, const Slot& a, const Slot& b) {
  const Strides strides[] = {to.strides, broadcast_strides(a, to.shape),
                             broadcast_strides(b, to.shape)};
  plan_.steps.push_back(BinaryStep{kind, make_loop_nest(to.shape, strides), to.ref, a.ref, b.ref});
}

bool Lowering::lower_binary(const Node& node) {
  const auto& binary = std::get<op::Binary>(node.op);
  const ValueId y = node.outputs[0];
  if (!is_float(node.inputs[0]) || !is_float(node.inputs[1]) || !is_fast(binary.kind)) return false;
  const auto whole = [&](ValueId x) { return shape_of(x) == shape_of(y); };
  bool channels = false;
  for (const ValueId x : node.inputs) channels |= whole(x) && prefers_channels_last(any(x));
  const auto operand = [&](ValueId x) { return channels && whole(x) ? channels_last(x) : any(x); };
  const Slot a = operand(node.inputs[0]), b = operand(node.inputs[1]);
  const Slot to = channels ? new_channels_last(y) : new_row_major(y);
  emit_binary(binary.kind, to, a, b);
  place(y, to);
  return true;
}

bool Lowering::lower_batch_norm(const Node& node) {
  const Shape& shape = shape_of(node.inputs[0]);
  if (!is_float(node.inputs[0]) || shape.rank() < 2) return false;
  const float* parameter[4];
  for (std::size_t i = 0; i < 4; ++i) {
    const Tensor* tensor = constant_of(node, i + 1);
    if (tensor == nullptr || tensor->dtype() != DType::f32) return false;
    parameter[i] = tensor->as<float>();
  }
  Shape channels;
  channels.push_back(shape[1]);
  channels.resize(shape.rank() - 1);
  Tensor scale(DType::f32, channels), shift(DType::f32, channels);
  for (std::size_t c = 0; c < scale.elements(); ++c) {
    const double factor = parameter[0][c] / std::sqrt(static_cast<double>(parameter[3][c]) +
                                                      std::get<op::BatchNorm>(node.op).epsilon);
    scale.as<float>()[c] = static_cast<float>(factor);
    shift.as<float>()[c] = static_cast<float>(parameter[1][c] - parameter[2][c] * factor);
  }
  const Slot from = any(node.inputs[0]);
  const Slot to = prefers_channels_last(from) ? new_channels_last(node.outputs[0])
                                              : new_row_major(node.outputs[0]);
  emit_binary(op::BinaryKind::mul, to, from, constant_slot(scale));
  emit_binary(op::BinaryKind::add, to, to, constant_slot(shift));
  place(node.outputs[0], to);
  return true;
}

bool Lowering::lower_reduce(const Node& node) {
  const auto& reduce = std::get<op::Reduce>(node.op);
  const Tensor* axes = constant_of(node, 1);
  if (reduce.kind != op::ReduceKind::max || axes == nullptr || axes->elements() != 1 ||
      !is_float(node.inputs[0])) {
    return false;
  }
  const ValueId y = node.outputs[0];
  const Shape& shape = shape_of(node.inputs[0]);
  const std::size_t axis = normalize_axis(to_int64(axes->view())[0], shape.rank());
  if (shape[axis] == 0) return false;

  // In memory: [outer, reduced, inner], where channels may be innermost.
  const Slot given = any(node.inputs[0]);
  const bool channels = prefers_channels_last(given) && given.cell() == shape[1] && axis >= 2;
  const Slot from = channels ? given : row_major(node.inputs[0]);
  ReduceMaxStep step;
  step.reduced = shape[axis];
  step.inner = shape.elements(axis + 1, shape.rank()) * (channels ? shape[1] : 1);
  step.outer = channels ? shape[0] * shape.elements(2, axis) : shape.elements(0, axis);
  step.row = step.inner;
  step.from = from.ref;
  Slot to = new_row_major(y);
  if (channels && shape_of(y).rank() >= 3) {
    std::int64_t stride = shape[1];
    to.strides[1] = 1;
    for (std::size_t a = to.shape.rank(); a-- > 2; stride *= to.shape[a]) to.strides[a] = stride;
    to.strides[0] = stride;
  }
  step.to = to.ref;
  plan_.steps.push_back(step);
  place(y, to);
  return true;
}

bool Lowering::lower_scatter(const Node& node) {
  const auto& scatter = std::get<op::PillarScatter>(node.op);
  const ValueId y = node.outputs[0];
  const bool plugin = scatter.form == op::PillarScatterForm::plugin;
  const DType numbers = plugin ? DType::i32 : DType::f32;
  const std::int64_t pillars = shape_of(node.inputs[0])[0];
  if (!is_float(node.inputs[0]) || graph_.values[node.inputs[1]].dtype != numbers ||
      graph_.values[node.inputs[2]].dtype != numbers ||
      shape_of(node.inputs[1]).elements() != pillars * 4 ||
      shape_of(node.inputs[2]).elements() != (plugin ? 1 : 5)) {
    return false;
  }
  ScatterStep step;
  step.form = scatter.form;
  step.features = row_major(node.inputs[0]).ref;
  step.coords = row_major(node.inputs[1]).ref;
  step.count = row_major(node.inputs[2]).ref;
  step.pillars = pillars;
  const Slot to = new_channels_last(y);
  plan_.buffers[to.ref.buffer].kind = Buffer::Kind::kept;
  step.canvas = to;
  plan_.steps.push_back(step);
  place(y, to);
  return true;
}

}  // namespace colonnade::cpu
