#include "graph/ops.hpp"

namespace colonnade {
namespace {

std::string_view unary_name(op::UnaryKind kind) noexcept {
  using enum op::UnaryKind;
  switch (kind) {
    case abs: return "Abs";
    case neg: return "Neg";
    case exp: return "Exp";
    case log: return "Log";
    case sqrt: return "Sqrt";
    case sin: return "Sin";
    case cos: return "Cos";
    case tan: return "Tan";
    case asin: return "Asin";
    case acos: return "Acos";
    case atan: return "Atan";
    case sinh: return "Sinh";
    case cosh: return "Cosh";
    case tanh: return "Tanh";
    case asinh: return "Asinh";
    case acosh: return "Acosh";
    case atanh: return "Atanh";
    case erf: return "Erf";
    case sign: return "Sign";
    case reciprocal: return "Reciprocal";
    case floor: return "Floor";
    case ceil: return "Ceil";
    case round: return "Round";
    case sigmoid: return "Sigmoid";
    case softplus: return "Softplus";
    case softsign: return "Softsign";
    case relu: return "Relu";
    case logical_not: return "Not";
    case identity: return "Identity";
    case is_nan: return "IsNaN";
  }
  return "Unary";
}

std::string_view binary_name(op::BinaryKind kind) noexcept {
  using enum op::BinaryKind;
  switch (kind) {
    case add: return "Add";
    case sub: return "Sub";
    case mul: return "Mul";
    case div: return "Div";
    case mod:
    case fmod: return "Mod";
    case pow: return "Pow";
    case prelu: return "PRelu";
    case equal: return "Equal";
    case less: return "Less";
    case less_equal: return "LessOrEqual";
    case greater: return "Greater";
    case greater_equal: return "GreaterOrEqual";
    case logical_and: return "And";
    case logical_or: return "Or";
    case logical_xor: return "Xor";
  }
  return "Binary";
}

std::string_view reduce_name(op::ReduceKind kind) noexcept {
  using enum op::ReduceKind;
  switch (kind) {
    case max: return "ReduceMax";
    case min: return "ReduceMin";
    case sum: return "ReduceSum";
    case mean: return "ReduceMean";
    case prod: return "ReduceProd";
    case l1: return "ReduceL1";
    case l2: return "ReduceL2";
    case sum_square: return "ReduceSumSquare";
    case log_sum: return "ReduceLogSum";
    case log_sum_exp: return "ReduceLogSumExp";
  }
  return "Reduce";
}

struct Namer {
  std::string_view operator()(const op::Unary& o) const noexcept { return unary_name(o.kind); }
  std::string_view operator()(const op::Binary& o) const noexcept { return binary_name(o.kind); }
  std::string_view operator()(const op::Reduce& o) const noexcept { return reduce_name(o.kind); }
  std::string_view operator()(const op::Variadic& o) const noexcept {
    constexpr std::string_view names[] = {"Min", "Max", "Sum", "Mean"};
    return names[static_cast<std::size_t>(o.kind)];
  }
  std::string_view operator()(const op::ArgReduce& o) const noexcept {
    return o.max ? "ArgMax" : "ArgMin";
  }
  std::string_view operator()(const op::Softmax& o) const noexcept {
    return o.log ? "LogSoftmax" : "Softmax";
  }
  std::string_view operator()(const op::GlobalPool& o) const noexcept {
    return o.max ? "GlobalMaxPool" : "GlobalAveragePool";
  }
  std::string_view operator()(const op::LeakyRelu&) const noexcept { return "LeakyRelu"; }
  std::string_view operator()(const op::Elu&) const noexcept { return "Elu"; }
  std::string_view operator()(const op::HardSigmoid&) const noexcept { return "HardSigmoid"; }
  std::string_view operator()(const op::Clip&) const noexcept { return "Clip"; }
  std::string_view operator()(const op::Where&) const noexcept { return "Where"; }
  std::string_view operator()(const op::Cast&) const noexcept { return "Cast"; }
  std::string_view operator()(const op::Dropout&) const noexcept { return "Dropout"; }
  std::string_view operator()(const op::ShapeOf&) const noexcept { return "Shape"; }
  std::string_view operator()(const op::Size&) const noexcept { return "Size"; }
  std::string_view operator()(const op::Reshape&) const noexcept { return "Reshape"; }
  std::string_view operator()(const op::Flatten&) const noexcept { return "Flatten"; }
  std::string_view operator()(const op::Squeeze&) const noexcept { return "Squeeze"; }
  std::string_view operator()(const op::Unsqueeze&) const noexcept { return "Unsqueeze"; }
  std::string_view operator()(const op::Transpose&) const noexcept { return "Transpose"; }
  std::string_view operator()(const op::Concat&) const noexcept { return "Concat"; }
  std::string_view operator()(const op::Split&) const noexcept { return "Split"; }
  std::string_view operator()(const op::Slice&) const noexcept { return "Slice"; }
  std::string_view operator()(const op::Gather&) const noexcept { return "Gather"; }
  std::string_view operator()(const op::GatherElements&) const noexcept { return "GatherElements"; }
  std::string_view operator()(const op::GatherND&) const noexcept { return "GatherND"; }
  std::string_view operator()(const op::ScatterElements&) const noexcept {
    return "ScatterElements";
  }
  std::string_view operator()(const op::ScatterND&) const noexcept { return "ScatterND"; }
  std::string_view operator()(const op::Expand&) const noexcept { return "Expand"; }
  std::string_view operator()(const op::Tile&) const noexcept { return "Tile"; }
  std::string_view operator()(const op::Pad&) const noexcept { return "Pad"; }
  std::string_view operator()(const op::Range&) const noexcept { return "Range"; }
  std::string_view operator()(const op::ConstantOfShape&) const noexcept {
    return "ConstantOfShape";
  }
  std::string_view operator()(const op::NonZero&) const noexcept { return "NonZero"; }
  std::string_view operator()(const op::CumSum&) const noexcept { return "CumSum"; }
  std::string_view operator()(const op::TopK&) const noexcept { return "TopK"; }
  std::string_view operator()(const op::BatchNorm&) const noexcept { return "BatchNormalization"; }
  std::string_view operator()(const op::MatMul&) const noexcept { return "MatMul"; }
  std::string_view operator()(const op::Gemm&) const noexcept { return "Gemm"; }
  std::string_view operator()(const op::Einsum&) const noexcept { return "Einsum"; }
  std::string_view operator()(const op::Conv&) const noexcept { return "Conv"; }
  std::string_view operator()(const op::ConvTranspose&) const noexcept { return "ConvTranspose"; }
  std::string_view operator()(const op::MaxPool&) const noexcept { return "MaxPool"; }
  std::string_view operator()(const op::AveragePool&) const noexcept { return "AveragePool"; }
  std::string_view operator()(const op::Resize&) const noexcept { return "Resize"; }
  std::string_view operator()(const op::QuantizeLinear&) const noexcept { return "QuantizeLinear"; }
  std::string_view operator()(const op::DequantizeLinear&) const noexcept {
    return "DequantizeLinear";
  }
  std::string_view operator()(const op::DynamicQuantizeLinear&) const noexcept {
    return "DynamicQuantizeLinear";
  }
  std::string_view operator()(const op::QLinearConv&) const noexcept { return "QLinearConv"; }
  std::string_view operator()(const op::PillarScatter&) const noexcept { return "PillarScatter"; }
};

}  // namespace

std::string_view name_of(const Op& op) noexcept {
  return std::visit(Namer{}, op);
}

}  // namespace colonnade
