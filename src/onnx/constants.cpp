// Constants and what makes tensors from numbers alone.
#include "onnx/builders.hpp"

namespace colonnade {
namespace {

void constant(NodeContext& node) {
  if (node.has("value")) return node.emit_constant(node.tensor("value"));
  if (node.has("value_float"))
    return node.emit_constant(Tensor::scalar(node.real("value_float", 0)));
  if (node.has("value_int"))
    return node.emit_constant(Tensor::scalar(node.integer("value_int", 0)));
  if (node.has("value_floats")) {
    const std::vector<float> values = node.reals("value_floats");
    return node.emit_constant(
        Tensor::of<float>({static_cast<std::int64_t>(values.size())}, values));
  }
  if (node.has("value_ints")) {
    const std::vector<std::int64_t> values = node.integers("value_ints");
    return node.emit_constant(
        Tensor::of<std::int64_t>({static_cast<std::int64_t>(values.size())}, values));
  }
  if (node.has("value_string") || node.has("value_strings")) {
    throw Unsupported{"strings aren't supported"};
  }
  if (node.has("sparse_value")) throw Unsupported{"sparse tensors aren't supported"};
  node.fail(ErrorCode::format, "has no value");
}

void constant_of_shape(NodeContext& node) {
  Tensor value = node.tensor("value");
  if (value && value.elements() != 1) {
    node.fail(ErrorCode::format, "attribute 'value' needs exactly one element; found the shape " +
                                     value.shape().to_string());
  }
  node.emit(op::ConstantOfShape{std::move(value)});
}

void range(NodeContext& node) {
  node.emit(op::Range{});
}

constexpr OpBuilder kBuilders[] = {
    {"Constant", constant},
    {"ConstantOfShape", constant_of_shape},
    {"Range", range},
};

}  // namespace

OpBuilders constant_builders() noexcept {
  return kBuilders;
}

}  // namespace colonnade
