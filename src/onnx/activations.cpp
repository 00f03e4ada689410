// Activations that ONNX defines through other operators: made of them.
#include <cmath>
#include <numbers>

#include "onnx/builders.hpp"

namespace colonnade {
namespace {

constexpr op::Binary kAdd{op::BinaryKind::add}, kMul{op::BinaryKind::mul},
    kDiv{op::BinaryKind::div};

// x * HardSigmoid(x)
void hard_swish(NodeContext& node) {
  const ValueId x = node.input(0);
  node.emit(kMul, {x, node.add(op::HardSigmoid{1.0f / 6, 0.5f}, {x})});
}

// x * tanh(softplus(x))
void mish(NodeContext& node) {
  const ValueId x = node.input(0);
  const ValueId soft = node.add(op::Unary{op::UnaryKind::softplus}, {x});
  node.emit(kMul, {x, node.add(op::Unary{op::UnaryKind::tanh}, {soft})});
}

// x * sigmoid(alpha x)
void swish(NodeContext& node) {
  const ValueId x = node.input(0);
  const float alpha = node.real("alpha", 1);
  const ValueId scaled = alpha == 1 ? x : node.add(kMul, {x, node.scalar_like(0, alpha)});
  node.emit(kMul, {x, node.add(op::Unary{op::UnaryKind::sigmoid}, {scaled})});
}

// x/2 * (1 + erf(x / sqrt 2)), or with tanh(sqrt(2/pi) (x + 0.044715 x^3)) in erf's place
void gelu(NodeContext& node) {
  const ValueId x = node.input(0);
  const auto scaled = [&](ValueId value, double factor) {
    return node.add(kMul, {value, node.scalar_like(0, factor)});
  };
  const std::string approximate = node.text("approximate", "none");
  ValueId bend = kNoValue;
  if (approximate == "none") {
    bend = node.add(op::Unary{op::UnaryKind::erf}, {scaled(x, 1 / std::numbers::sqrt2)});
  } else if (approximate == "tanh") {
    const ValueId cube = node.add(kMul, {x, node.add(kMul, {x, x})});
    const ValueId inner = node.add(kAdd, {x, scaled(cube, 0.044715)});
    bend =
        node.add(op::Unary{op::UnaryKind::tanh}, {scaled(inner, std::sqrt(2 / std::numbers::pi))});
  } else {
    throw Unsupported{"the approximation '" + approximate + "' isn't known"};
  }
  const ValueId half = scaled(x, 0.5);
  node.emit(kMul, {half, node.add(kAdd, {bend, node.scalar_like(0, 1)})});
}

// alpha * Elu(x / alpha)
void celu(NodeContext& node) {
  const ValueId alpha = node.scalar_like(0, node.real("alpha", 1));
  const ValueId inner = node.add(kDiv, {node.input(0), alpha});
  node.emit(kMul, {node.add(op::Elu{1}, {inner}), alpha});
}

// gamma * Elu(x)
void selu(NodeContext& node) {
  const ValueId elu = node.add(op::Elu{node.real("alpha", 1.67326319f)}, {node.input(0)});
  node.emit(kMul, {elu, node.scalar_like(0, node.real("gamma", 1.05070102f))});
}

// x where it's above alpha, else 0
void thresholded_relu(NodeContext& node) {
  const ValueId x = node.input(0);
  const ValueId above = node.add(op::Binary{op::BinaryKind::greater},
                                 {x, node.scalar_like(0, node.real("alpha", 1))});
  node.emit(op::Where{}, {above, x, node.scalar_like(0, 0)});
}

constexpr OpBuilder kBuilders[] = {
    {"HardSwish", hard_swish},
    {"Mish", mish},
    {"Swish", swish},
    {"Gelu", gelu},
    {"Celu", celu},
    {"Selu", selu},
    {"ThresholdedRelu", thresholded_relu},
};

}  // namespace

OpBuilders activation_builders() noexcept {
  return kBuilders;
}

}  // namespace colonnade
