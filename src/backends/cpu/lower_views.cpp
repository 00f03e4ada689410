// Lowering: operators that only move a value's axes about, as other strides on the same elements.
#include <algorithm>

#include "backends/cpu/lower.hpp"

namespace colonnade::cpu {
namespace {

std::int64_t bytes_of(const Slot& slot, std::int64_t elements) {
  return elements * static_cast<std::int64_t>(size_of(slot.dtype));
}

}  // namespace

bool Lowering::lower_view(const Node& node) {
  if (node.inputs.empty() || node.inputs[0] == kNoValue || node.outputs[0] == kNoValue) {
    return false;
  }
  const ValueId x = node.inputs[0];
  const ValueId y = node.outputs[0];
  std::optional<Slot> view;
  if (const auto* transpose = std::get_if<op::Transpose>(&node.op)) {
    view = any(x);
    const Slot from = *view;
    const std::size_t rank = from.shape.rank();
    for (std::size_t a = 0; a < rank; ++a) {
      const std::size_t source =
          transpose->perm.empty() ? rank - 1 - a : normalize_axis(transpose->perm[a], rank);
      view->strides[a] = from.strides[source];
    }
  } else if (std::holds_alternative<op::Reshape>(node.op) ||
             std::holds_alternative<op::Flatten>(node.op) ||
             std::holds_alternative<op::Squeeze>(node.op) ||
             std::holds_alternative<op::Unsqueeze>(node.op)) {
    view = row_major(x);
    view->strides = row_major_strides(shape_of(y));
  } else if (std::holds_alternative<op::Expand>(node.op)) {
    const Slot from = any(x);
    view = from;
    view->strides = {};
    const std::size_t shift = shape_of(y).rank() - from.shape.rank();
    for (std::size_t a = 0; a < from.shape.rank(); ++a) {
      view->strides[a + shift] = from.shape[a] == 1 ? 0 : from.strides[a];
    }
  } else if (std::holds_alternative<op::Slice>(node.op)) {
    view = view_slice(node);
  } else if (const auto* unary = std::get_if<op::Unary>(&node.op)) {
    if (unary->kind == op::UnaryKind::identity) view = any(x);
  } else if (std::holds_alternative<op::Dropout>(node.op)) {
    if (node.outputs.size() == 1 || node.outputs[1] == kNoValue) view = any(x);
  }
  if (!view) return false;
  view->shape = shape_of(y);
  place(y, *view);
  return true;
}

std::optional<Slot> Lowering::view_slice(const Node& node) {
  const auto given = [&](std::size_t i) {
    return i < node.inputs.size() && node.inputs[i] != kNoValue;
  };
  for (std::size_t i = 1; i < 5; ++i) {
    if (given(i) && constant_of(node, i) == nullptr) return {};
  }
  Slot view = any(node.inputs[0]);
  const std::vector<std::int64_t> starts = to_int64(constant_of(node, 1)->view());
  std::vector<std::int64_t> axes, steps(starts.size(), 1);
  for (std::size_t i = 0; i < starts.size(); ++i) axes.push_back(static_cast<std::int64_t>(i));
  if (given(3)) axes = to_int64(constant_of(node, 3)->view());
  if (given(4)) steps = to_int64(constant_of(node, 4)->view());
  for (std::size_t i = 0; i < starts.size(); ++i) {
    const std::size_t axis = normalize_axis(axes[i], view.shape.rank());
    const std::int64_t dim = view.shape[axis];
    if (shape_of(node.outputs[0])[axis] == 0) continue;  // Nothing is read.
    std::int64_t start = starts[i] < 0 ? starts[i] + dim : starts[i];
    start = std::clamp<std::int64_t>(start, 0, dim - 1);
    view.ref.byte += bytes_of(view, start * view.strides[axis]);
    // A longer step takes one element as well, and its stride fits.
    view.strides[axis] *= std::clamp(steps[i], -dim, dim);
  }
  return view;
}

bool Lowering::lower_split(const Node& node) {
  Slot view = any(node.inputs[0]);
  const std::size_t axis = normalize_axis(std::get<op::Split>(node.op).axis, view.shape.rank());
  for (const ValueId output : node.outputs) {
    if (output == kNoValue) return false;
  }
  for (const ValueId output : node.outputs) {
    view.shape = shape_of(output);
    place(output, view);
    view.ref.byte += bytes_of(view, view.shape[axis] * view.strides[axis]);
  }
  return true;
}

bool Lowering::lower_concat(const Node& node) {
  const ValueId y = node.outputs[0];
  const std::size_t axis = normalize_axis(std::get<op::Concat>(node.op).axis, shape_of(y).rank());
  if (places_[y].empty()) {
    const bool spatial = axis == 1 && shape_of(y).rank() >= 3;
    const bool all_channels_last =
        spatial && std::all_of(node.inputs.begin(), node.inputs.end(),
                               [&](ValueId x) { return any(x).is_channels_last(); });
    place(y, all_channels_last ? new_channels_last(y) : new_row_major(y));
  }
  Slot part = places_[y].front();
  for (const ValueId x : node.inputs) {
    part.shape = shape_of(x);
    const Slot from = any(x);
    const bool in_place = from.ref.buffer == part.ref.buffer && from.ref.byte == part.ref.byte;
    if (!in_place) emit_copy(part, from, plan_.steps);
    part.ref.byte += bytes_of(part, part.shape[axis] * part.strides[axis]);
  }
  return true;
}

}  // namespace colonnade::cpu
