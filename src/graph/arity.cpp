#include "graph/arity.hpp"

#include <fmt/core.h>

namespace colonnade {
namespace {

struct ArityOf {
  Arity operator()(const op::Unary&) const noexcept { return {1, 1}; }
  Arity operator()(const op::LeakyRelu&) const noexcept { return {1, 1}; }
  Arity operator()(const op::Elu&) const noexcept { return {1, 1}; }
  Arity operator()(const op::HardSigmoid&) const noexcept { return {1, 1}; }
  Arity operator()(const op::Clip&) const noexcept { return {1, 3}; }
  Arity operator()(const op::Binary&) const noexcept { return {2, 2}; }
  Arity operator()(const op::Variadic&) const noexcept { return {1, SIZE_MAX}; }
  Arity operator()(const op::Where&) const noexcept { return {3, 3}; }
  Arity operator()(const op::Cast&) const noexcept { return {1, 1}; }
  Arity operator()(const op::Dropout&) const noexcept { return {1, 1, 2}; }
  Arity operator()(const op::ShapeOf&) const noexcept { return {1, 1}; }
  Arity operator()(const op::Size&) const noexcept { return {1, 1}; }
  Arity operator()(const op::Reshape&) const noexcept { return {2, 2}; }
  Arity operator()(const op::Flatten&) const noexcept { return {1, 1}; }
  Arity operator()(const op::Squeeze&) const noexcept { return {1, 2}; }
  Arity operator()(const op::Unsqueeze&) const noexcept { return {2, 2}; }
  Arity operator()(const op::Transpose&) const noexcept { return {1, 1}; }
  Arity operator()(const op::Concat&) const noexcept { return {1, SIZE_MAX}; }
  Arity operator()(const op::Split&) const noexcept { return {1, 2, SIZE_MAX}; }
  Arity operator()(const op::Slice&) const noexcept { return {3, 5}; }
  Arity operator()(const op::Gather&) const noexcept { return {2, 2}; }
  Arity operator()(const op::GatherElements&) const noexcept { return {2, 2}; }
  Arity operator()(const op::GatherND&) const noexcept { return {2, 2}; }
  Arity operator()(const op::ScatterElements&) const noexcept { return {3, 3}; }
  Arity operator()(const op::ScatterND&) const noexcept { return {3, 3}; }
  Arity operator()(const op::Expand&) const noexcept { return {2, 2}; }
  Arity operator()(const op::Tile&) const noexcept { return {2, 2}; }
  Arity operator()(const op::Pad&) const noexcept { return {2, 4}; }
  Arity operator()(const op::Range&) const noexcept { return {3, 3}; }
  Arity operator()(const op::ConstantOfShape&) const noexcept { return {1, 1}; }
  Arity operator()(const op::NonZero&) const noexcept { return {1, 1}; }
  Arity operator()(const op::CumSum&) const noexcept { return {2, 2}; }
  Arity operator()(const op::Reduce&) const noexcept { return {1, 2}; }
  Arity operator()(const op::ArgReduce&) const noexcept { return {1, 1}; }
  Arity operator()(const op::TopK&) const noexcept { return {2, 2, 2}; }
  Arity operator()(const op::Softmax&) const noexcept { return {1, 1}; }
  Arity operator()(const op::BatchNorm&) const noexcept { return {5, 5}; }
  Arity operator()(const op::MatMul&) const noexcept { return {2, 2}; }
  Arity operator()(const op::Gemm&) const noexcept { return {2, 3}; }
  Arity operator()(const op::Einsum&) const noexcept { return {1, SIZE_MAX}; }
  Arity operator()(const op::Conv&) const noexcept { return {2, 3}; }
  Arity operator()(const op::ConvTranspose&) const noexcept { return {2, 3}; }
  Arity operator()(const op::MaxPool&) const noexcept { return {1, 1, 2}; }
  Arity operator()(const op::AveragePool&) const noexcept { return {1, 1}; }
  Arity operator()(const op::GlobalPool&) const noexcept { return {1, 1}; }
  Arity operator()(const op::Resize&) const noexcept { return {1, 4}; }
  Arity operator()(const op::QuantizeLinear&) const noexcept { return {2, 3}; }
  Arity operator()(const op::DequantizeLinear&) const noexcept { return {2, 3}; }
  Arity operator()(const op::DynamicQuantizeLinear&) const noexcept { return {1, 1, 3}; }
  Arity operator()(const op::QLinearConv&) const noexcept { return {8, 9}; }
  Arity operator()(const op::PillarScatter&) const noexcept { return {3, 3}; }
};

}  // namespace

Arity arity_of(const Op& op) noexcept {
  return std::visit(ArityOf{}, op);
}

void check_arity(const Node& node) {
  const Arity arity = arity_of(node.op);
  const std::size_t inputs = node.inputs.size(), outputs = node.outputs.size();
  if (inputs < arity.min_inputs || inputs > arity.max_inputs) {
    throw Error(ErrorCode::format,
                arity.min_inputs == arity.max_inputs
                    ? fmt::format("has {} inputs; expected {}", inputs, arity.min_inputs)
                    : fmt::format("has {} inputs; expected {} to {}", inputs, arity.min_inputs,
                                  arity.max_inputs));
  }
  if (outputs == 0 || outputs > arity.max_outputs) {
    throw Error(ErrorCode::format,
                fmt::format("has {} outputs; expected 1 to {}", outputs, arity.max_outputs));
  }
  for (std::size_t i = 0; i < arity.min_inputs; ++i) {
    if (node.inputs[i] != kNoValue) continue;
    throw Error(ErrorCode::format, fmt::format("lacks its input {}", i));
  }
}

}  // namespace colonnade
