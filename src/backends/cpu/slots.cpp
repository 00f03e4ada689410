// Lowering: in which places and layouts values exist.
#include <algorithm>

#include "backends/cpu/lower.hpp"

namespace colonnade::cpu {
namespace {

Strides channels_last_strides(const Shape& shape) {
  Strides strides{};
  std::int64_t step = shape[1];
  for (std::size_t a = shape.rank(); a-- > 2; step *= shape[a]) strides[a] = step;
  strides[0] = step;
  strides[1] = 1;
  return strides;
}

}  // namespace

const Tensor* Lowering::constant_of(const Node& node, std::size_t input) const {
  return constant_input(graph_, node, input);
}

std::size_t Lowering::new_buffer(Buffer::Kind kind, DType dtype, const Shape& shape) {
  Buffer& buffer = plan_.buffers.emplace_back();
  buffer.kind = kind;
  if (__builtin_mul_overflow(shape.elements(), static_cast<std::int64_t>(size_of(dtype)),
                             &buffer.bytes)) {
    throw Error(ErrorCode::limit, "a tensor of shape " + shape.to_string() + " is too large");
  }
  return plan_.buffers.size() - 1;
}

Slot Lowering::constant_slot(const Tensor& tensor) {
  Slot slot;
  slot.dtype = tensor.dtype();
  slot.shape = tensor.shape();
  slot.strides = row_major_strides(slot.shape);
  slot.ref.buffer = new_buffer(Buffer::Kind::constant, slot.dtype, slot.shape);
  plan_.buffers[slot.ref.buffer].constant = tensor;
  return slot;
}

const Slot& Lowering::any(ValueId value) {
  if (places_[value].empty()) place(value, constant_slot(graph_.values[value].constant));
  return places_[value].front();
}

Slot Lowering::new_row_major(ValueId value) {
  Slot slot;
  slot.dtype = graph_.values[value].dtype;
  slot.shape = shape_of(value);
  slot.strides = row_major_strides(slot.shape);
  slot.ref.buffer = new_buffer(Buffer::Kind::arena, slot.dtype, slot.shape);
  return slot;
}

Slot Lowering::new_channels_last(ValueId value) {
  if (const Slice& slice = slices_[value]; slice.concat != kNoValue) {
    if (places_[slice.concat].empty()) place(slice.concat, new_channels_last(slice.concat));
    Slot slot = places_[slice.concat].front();
    slot.ref.byte += slice.channel * static_cast<std::int64_t>(size_of(slot.dtype));
    slot.shape = shape_of(value);
    return slot;
  }
  Slot slot = new_row_major(value);
  slot.strides = channels_last_strides(slot.shape);
  return slot;
}

void Lowering::emit_copy(const Slot& to, const Slot& from, std::vector<Step>& steps) {
  const Strides strides[] = {to.strides, from.strides};
  steps.emplace_back(
      CopyStep{make_loop_nest(to.shape, strides), size_of(to.dtype), to.ref, from.ref});
}

Slot Lowering::row_major(ValueId value) {
  const Slot from = any(value);
  for (const Slot& slot : places_[value]) {
    if (slot.is_row_major()) return slot;
  }
  const Slot to = new_row_major(value);
  emit_copy(to, from, plan_.steps);
  place(value, to);
  return to;
}

Slot Lowering::channels_last(ValueId value) {
  const Slot from = any(value);
  for (const Slot& slot : places_[value]) {
    if (slot.is_channels_last()) return slot;
  }
  Slot to = new_row_major(value);
  to.strides = channels_last_strides(to.shape);
  if (graph_.inputs.size() == 1 && value == graph_.inputs[0] && to.shape.rank() == 4 &&
      to.shape[0] == 1 && to.dtype == DType::f32) {
    plan_.buffers[to.ref.buffer].kind = Buffer::Kind::kept;
    plan_.canvas = {to, true};
    emit_copy(to, from, prologue_);
  } else {
    emit_copy(to, from, plan_.steps);
  }
  place(value, to);
  return to;
}

ValueId Lowering::fuse_relu(ValueId value, bool& relu) {
  relu = false;
  const std::size_t reader = links_.only_reader(value);
  if (reader == kNoNode) return value;
  const auto* unary = std::get_if<op::Unary>(&graph_.nodes[reader].op);
  if (unary == nullptr || unary->kind != op::UnaryKind::relu) return value;
  relu = true;
  fuse(reader);
  return graph_.nodes[reader].outputs[0];
}

}  // namespace colonnade::cpu
