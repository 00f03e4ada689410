#include "passes/round_products.hpp"

#include <map>
#include <utility>
#include <variant>

#include "colonnade/error.hpp"
#include "passes/fold_batch_norm.hpp"
#include "passes/fold_constants.hpp"

namespace colonnade {
namespace {

bool multiplies(const Node& node) {
  return std::holds_alternative<op::Conv>(node.op) ||
         std::holds_alternative<op::ConvTranspose>(node.op) ||
         std::holds_alternative<op::MatMul>(node.op) || std::holds_alternative<op::Gemm>(node.op);
}

class Rounding {
 public:
  Rounding(const Graph& graph, Precision precision)
      : result_(graph), precision_(precision), split_(0) {
    result_.nodes.clear();
    if (precision == Precision::tf32) {
      // (2^13 + 1) x, less what x lacks of it: the upper 24 - 13 bits of x.
      const float split = 8193;
      split_ = result_.add_constant("tf32 split", Tensor::of<float>({}, {&split, 1}));
    }
    for (Node node : graph.nodes) {
      if (multiplies(node) && node.inputs.size() > 1) {
        for (std::size_t i = 0; i < 2; ++i) {
          if (graph.values[node.inputs[i]].dtype == DType::f32)
            node.inputs[i] = rounded(node.inputs[i]);
        }
      }
      result_.nodes.push_back(std::move(node));
    }
  }
  Graph take() { return std::move(result_); }

 private:
  ValueId rounded(ValueId x) {
    const auto [at, is_new] = rounded_.try_emplace(x, kNoValue);
    if (is_new) at->second = precision_ == Precision::tf32 ? split(x) : cast_and_back(x);
    return at->second;
  }
  ValueId cast_and_back(ValueId x) {
    const DType type = precision_ == Precision::fp16 ? DType::f16 : DType::bf16;
    return add(op::Cast{DType::f32}, {add(op::Cast{type}, {x}, x, type)}, x, DType::f32);
  }
  ValueId split(ValueId x) {
    const auto binary = [&](op::BinaryKind kind, ValueId a, ValueId b) {
      return add(op::Binary{kind}, {a, b}, x, DType::f32);
    };
    const ValueId scaled = binary(op::BinaryKind::mul, x, split_);
    const ValueId low = binary(op::BinaryKind::sub, scaled, x);
    return binary(op::BinaryKind::sub, scaled, low);
  }
  /// Of x's shape.
  ValueId add(Op op, std::vector<ValueId> inputs, ValueId x, DType type) {
    Value value;
    value.name = result_.values[x].name + " as " + std::string(precision_name(precision_));
    value.dtype = type;
    value.shape =
        result_.values[x].constant ? result_.values[x].constant.shape() : result_.values[x].shape;
    const ValueId id = result_.add_value(std::move(value));
    result_.nodes.emplace_back(result_.values[id].name, "Cast", std::move(op), std::move(inputs),
                               std::vector<ValueId>{id});
    return id;
  }

  Graph result_;
  Precision precision_;
  ValueId split_;
  std::map<ValueId, ValueId> rounded_;
};

}  // namespace

Graph round_products(const Graph& graph, Precision precision) {
  if (precision == Precision::fp32) return graph;
  if (precision == Precision::int8) {
    throw Error(ErrorCode::unsupported,
                "int8 can't be emulated by rounding alone: it needs the ranges that a calibration "
                "finds; expected tf32, bf16 or fp16");
  }
  Graph result = Rounding(fold_batch_norm(fold_constants(graph)), precision).take();
  verify(result);
  return result;
}

}  // namespace colonnade
