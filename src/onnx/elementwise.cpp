// Elementwise operators, casts among them.
#include "onnx/builders.hpp"

namespace colonnade {
namespace {

template <op::UnaryKind kind>
void unary(NodeContext& node) {
  node.emit(op::Unary{kind});
}

// Opset 6 and before: b lies inside of a from dimension `axis` on. NumPy's rule, which aligns last
// dimensions, came with 7: dimensions of 1 after b's make the one of the other.
ValueId align_at(NodeContext& node, std::int64_t axis) {
  const std::optional<Shape> a = node.shape(0), b = node.shape(1);
  if (!a || !b) throw Unsupported{"its broadcast is opset 6's; export with opset 7 or later"};
  const std::size_t first = normalize_axis(axis, a->rank());
  std::vector<std::int64_t> axes;
  for (std::size_t i = b->rank(); first + i < a->rank(); ++i) {
    axes.push_back(static_cast<std::int64_t>(i));
  }
  if (axes.empty()) return node.input(1);
  return node.add(op::Unsqueeze{}, {node.input(1), node.add_integers(axes)});
}

template <op::BinaryKind kind>
void binary(NodeContext& node) {
  if (!node.has("axis")) return node.emit(op::Binary{kind});
  node.emit(op::Binary{kind}, {node.input(0), align_at(node, node.integer("axis", 0))});
}

// Opset 6 and before: one slope a channel.
void prelu(NodeContext& node) {
  const op::Binary op{op::BinaryKind::prelu};
  const std::optional<Shape> slope = node.shape(1);
  if (node.opset() > 6 || (slope && *slope == Shape{1})) return node.emit(op);
  node.emit(op, {node.input(0), align_at(node, 1)});
}

template <op::VariadicKind kind>
void variadic(NodeContext& node) {
  node.emit(op::Variadic{kind});
}

void mod(NodeContext& node) {
  node.emit(op::Binary{node.flag("fmod", false) ? op::BinaryKind::fmod : op::BinaryKind::mod});
}

void leaky_relu(NodeContext& node) {
  node.emit(op::LeakyRelu{node.real("alpha", 0.01f)});
}

void elu(NodeContext& node) {
  node.emit(op::Elu{node.real("alpha", 1)});
}

void hard_sigmoid(NodeContext& node) {
  node.emit(op::HardSigmoid{node.real("alpha", 0.2f), node.real("beta", 0.5f)});
}

// Opset 10 and before: min and max are attributes.
void clip(NodeContext& node) {
  const ValueId min = node.input_or_real(1, "min");
  const ValueId max = node.input_or_real(2, "max");
  node.emit(op::Clip{}, {node.input(0), min, max});
}

void where(NodeContext& node) {
  node.emit(op::Where{});
}

// `saturate` concerns float8 only.
void cast(NodeContext& node) {
  const std::int64_t to = node.integer("to", 0);
  const auto dtype = dtype_from_onnx(to);
  if (!dtype) throw Unsupported{"casts to " + onnx_type_name(to)};
  node.emit(op::Cast{*dtype});
}

void cast_like(NodeContext& node) {
  node.emit(op::Cast{node.dtype(1)}, {node.input(0)});
}

void dropout(NodeContext& node) {
  const Tensor training = node.constant(2);
  if (node.input(2) != kNoValue &&
      (!training || to_int64(training.view()) != std::vector<std::int64_t>{0})) {
    throw Unsupported{"drops at random in training mode; export the model in eval mode"};
  }
  node.emit(op::Dropout{}, {node.input(0)});
}

constexpr OpBuilder kBuilders[] = {
    {"Abs", unary<op::UnaryKind::abs>},
    {"Neg", unary<op::UnaryKind::neg>},
    {"Exp", unary<op::UnaryKind::exp>},
    {"Log", unary<op::UnaryKind::log>},
    {"Sqrt", unary<op::UnaryKind::sqrt>},
    {"Sin", unary<op::UnaryKind::sin>},
    {"Cos", unary<op::UnaryKind::cos>},
    {"Tan", unary<op::UnaryKind::tan>},
    {"Asin", unary<op::UnaryKind::asin>},
    {"Acos", unary<op::UnaryKind::acos>},
    {"Atan", unary<op::UnaryKind::atan>},
    {"Sinh", unary<op::UnaryKind::sinh>},
    {"Cosh", unary<op::UnaryKind::cosh>},
    {"Tanh", unary<op::UnaryKind::tanh>},
    {"Asinh", unary<op::UnaryKind::asinh>},
    {"Acosh", unary<op::UnaryKind::acosh>},
    {"Atanh", unary<op::UnaryKind::atanh>},
    {"Erf", unary<op::UnaryKind::erf>},
    {"Sign", unary<op::UnaryKind::sign>},
    {"Reciprocal", unary<op::UnaryKind::reciprocal>},
    {"Floor", unary<op::UnaryKind::floor>},
    {"Ceil", unary<op::UnaryKind::ceil>},
    {"Round", unary<op::UnaryKind::round>},
    {"Sigmoid", unary<op::UnaryKind::sigmoid>},
    {"Softplus", unary<op::UnaryKind::softplus>},
    {"Softsign", unary<op::UnaryKind::softsign>},
    {"Relu", unary<op::UnaryKind::relu>},
    {"Not", unary<op::UnaryKind::logical_not>},
    {"Identity", unary<op::UnaryKind::identity>},
    {"IsNaN", unary<op::UnaryKind::is_nan>},
    {"LeakyRelu", leaky_relu},
    {"Elu", elu},
    {"HardSigmoid", hard_sigmoid},
    {"Clip", clip},
    {"Add", binary<op::BinaryKind::add>},
    {"Sub", binary<op::BinaryKind::sub>},
    {"Mul", binary<op::BinaryKind::mul>},
    {"Div", binary<op::BinaryKind::div>},
    {"Mod", mod},
    {"Pow", binary<op::BinaryKind::pow>},
    {"PRelu", prelu},
    {"Equal", binary<op::BinaryKind::equal>},
    {"Less", binary<op::BinaryKind::less>},
    {"LessOrEqual", binary<op::BinaryKind::less_equal>},
    {"Greater", binary<op::BinaryKind::greater>},
    {"GreaterOrEqual", binary<op::BinaryKind::greater_equal>},
    {"And", binary<op::BinaryKind::logical_and>},
    {"Or", binary<op::BinaryKind::logical_or>},
    {"Xor", binary<op::BinaryKind::logical_xor>},
    {"Min", variadic<op::VariadicKind::min>},
    {"Max", variadic<op::VariadicKind::max>},
    {"Sum", variadic<op::VariadicKind::sum>},
    {"Mean", variadic<op::VariadicKind::mean>},
    {"Where", where},
    {"Cast", cast},
    {"CastLike", cast_like},
    {"Dropout", dropout},
};

}  // namespace

OpBuilders elementwise_builders() noexcept {
  return kBuilders;
}

}  // namespace colonnade
