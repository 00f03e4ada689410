// Operators that move elements by shape alone. What older opsets wrote as attributes (axes, pads,
// starts, ...) becomes a constant input.
#include <fmt/core.h>

#include "onnx/builders.hpp"

namespace colonnade {
namespace {

void shape_of(NodeContext& node) {
  node.emit(op::ShapeOf{node.integer("start", 0), node.integer("end", INT64_MAX)});
}

void size(NodeContext& node) {
  node.emit(op::Size{});
}

// Opset 4 and before: shape is an attribute.
void reshape(NodeContext& node) {
  const ValueId shape = node.input_or_integers(1, "shape");
  node.emit(op::Reshape{node.flag("allowzero", false)}, {node.input(0), shape});
}

void flatten(NodeContext& node) {
  node.emit(op::Flatten{node.integer("axis", 1)});
}

// Opset 12 and before: axes are an attribute.
void squeeze(NodeContext& node) {
  const ValueId axes = node.input_or_integers(1, "axes");
  node.emit(op::Squeeze{}, {node.input(0), axes});
}

void unsqueeze(NodeContext& node) {
  const ValueId axes = node.input_or_integers(1, "axes");
  node.emit(op::Unsqueeze{}, {node.input(0), axes});
}

void transpose(NodeContext& node) {
  node.emit(op::Transpose{node.integers("perm")});
}

void concat(NodeContext& node) {
  node.emit(op::Concat{node.integer("axis", node.opset() < 4 ? 1 : 0)});
}

// Opset 12 and before: sizes are the attribute `split`. From 18 on `num_outputs` repeats what the
// outputs tell.
void split(NodeContext& node) {
  const ValueId sizes = node.input_or_integers(1, "split");
  node.emit(op::Split{node.integer("axis", 0)}, {node.input(0), sizes});
}

// Opset 9 and before: attributes.
void slice(NodeContext& node) {
  const ValueId starts = node.input_or_integers(1, "starts");
  const ValueId ends = node.input_or_integers(2, "ends");
  const ValueId axes = node.input_or_integers(3, "axes");
  node.emit(op::Slice{}, {node.input(0), starts, ends, axes, node.input(4)});
}

void expand(NodeContext& node) {
  node.emit(op::Expand{});
}

void tile(NodeContext& node) {
  const ValueId repeats = node.input_or_integers(1, "repeats");
  node.emit(op::Tile{}, {node.input(0), repeats});
}

op::PadMode pad_mode(const std::string& mode) {
  if (mode == "constant") return op::PadMode::constant;
  if (mode == "reflect") return op::PadMode::reflect;
  if (mode == "edge") return op::PadMode::edge;
  if (mode == "wrap") return op::PadMode::wrap;
  throw Unsupported{fmt::format("the padding mode '{}' isn't known", mode)};
}

// Opset 10 and before: pads and value are attributes.
void pad(NodeContext& node) {
  const op::PadMode mode = pad_mode(node.text("mode", "constant"));
  const ValueId pads = node.input_or_integers(1, node.has("paddings") ? "paddings" : "pads");
  // Zero is the default for every type; said outright it would be a float beside a float16 input.
  const bool zero = node.input(2) == kNoValue && node.real("value", 0) == 0;
  const ValueId value = zero ? kNoValue : node.input_or_real(2, "value");
  node.emit(op::Pad{mode}, {node.input(0), pads, value, node.input(3)});
}

constexpr OpBuilder kBuilders[] = {
    {"Shape", shape_of},  {"Size", size},           {"Reshape", reshape},     {"Flatten", flatten},
    {"Squeeze", squeeze}, {"Unsqueeze", unsqueeze}, {"Transpose", transpose}, {"Concat", concat},
    {"Split", split},     {"Slice", slice},         {"Expand", expand},       {"Tile", tile},
    {"Pad", pad},
};

}  // namespace

OpBuilders shape_builders() noexcept {
  return kBuilders;
}

}  // namespace colonnade
