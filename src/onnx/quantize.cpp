// Quantization.
#include "onnx/builders.hpp"
#include "onnx/window.hpp"

namespace colonnade {
namespace {

DType output_type(const NodeContext& node, DType fallback) {
  const std::int64_t type = node.integer("output_dtype", 0);
  if (type == 0) return fallback;
  const auto dtype = dtype_from_onnx(type);
  if (!dtype) throw Unsupported{"its output has the element type " + onnx_type_name(type)};
  return *dtype;
}

void quantize_linear(NodeContext& node) {
  node.emit(op::QuantizeLinear{node.integer("axis", 1), node.integer("block_size", 0),
                               node.flag("saturate", true), output_type(node, DType::u8)});
}

void dequantize_linear(NodeContext& node) {
  node.emit(op::DequantizeLinear{node.integer("axis", 1), node.integer("block_size", 0),
                                 output_type(node, DType::f32)});
}

void dynamic_quantize_linear(NodeContext& node) {
  node.emit(op::DynamicQuantizeLinear{});
}

void qlinear_conv(NodeContext& node) {
  node.emit(op::QLinearConv{read_window(node), read_group(node)});
}

constexpr OpBuilder kBuilders[] = {
    {"QuantizeLinear", quantize_linear},
    {"DequantizeLinear", dequantize_linear},
    {"DynamicQuantizeLinear", dynamic_quantize_linear},
    {"QLinearConv", qlinear_conv},
};

}  // namespace

OpBuilders quantize_builders() noexcept {
  return kBuilders;
}

}  // namespace colonnade
