#include "differential.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <string>
#include <variant>

#include "backends/reference/evaluator.hpp"
#include "base/random.hpp"
#include "target.hpp"

namespace colonnade::fuzz {
namespace {

template <typename T>
double number(T value) {
  return static_cast<double>(value);
}

/// The largest magnitude; infinity where any isn't finite.
double magnitude(const ConstTensorView& tensor) {
  if (!tensor.present || tensor.data == nullptr) return 0;
  return dispatch(tensor.dtype, [&]<typename T>(TypeTag<T>) {
    double largest = 0;
    const std::int64_t count = tensor.shape.elements();
    for (std::int64_t i = 0; i < count; ++i) {
      const double value = std::fabs(number(tensor.as<T>()[i]));
      if (!std::isfinite(value)) return static_cast<double>(INFINITY);
      largest = std::max(largest, value);
    }
    return largest;
  });
}

bool is_smooth(const op::Unary& op) {
  using enum op::UnaryKind;
  for (const auto kind : {abs, neg, sin, cos, tanh, atan, erf, sigmoid, softplus, softsign, relu,
                          logical_not, identity}) {
    if (op.kind == kind) return true;
  }
  return false;
}
bool is_smooth(const op::Binary& op) {
  using enum op::BinaryKind;
  for (const auto kind : {add, sub, mul, prelu, logical_and, logical_or, logical_xor}) {
    if (op.kind == kind) return true;
  }
  return false;
}
bool is_smooth(const op::Reduce& op) {
  using enum op::ReduceKind;
  for (const auto kind : {max, min, sum, mean, l1, sum_square}) {
    if (op.kind == kind) return true;
  }
  return false;
}
template <typename Op>
bool is_smooth(const Op&) {
  // These turn a difference of a rounding into one of a whole step, or divide by what may be 0.
  return !std::is_same_v<Op, op::Cast> && !std::is_same_v<Op, op::NonZero> &&
         !std::is_same_v<Op, op::ArgReduce> && !std::is_same_v<Op, op::TopK> &&
         !std::is_same_v<Op, op::QuantizeLinear> && !std::is_same_v<Op, op::DequantizeLinear> &&
         !std::is_same_v<Op, op::DynamicQuantizeLinear> && !std::is_same_v<Op, op::QLinearConv>;
}

/// What a BatchNorm multiplies by, where that's known: it may divide by next to nothing.
double scale_of(const Graph& graph, const Node& node, const op::BatchNorm& norm) {
  const Tensor& scale = graph.values[node.inputs[1]].constant;
  const Tensor& variance = graph.values[node.inputs[4]].constant;
  if (!scale || !variance || variance.dtype() != DType::f32) return INFINITY;
  double least = INFINITY;
  for (std::size_t i = 0; i < variance.elements(); ++i) {
    least = std::min(least, number(variance.as<float>()[i]) + norm.epsilon);
  }
  return least > 0 ? magnitude(scale.view()) / std::sqrt(least) : INFINITY;
}

/// The largest number on the way; infinity where values aren't to be compared.
double bound_of(const Graph& graph, const std::vector<Tensor>& inputs) {
  double bound = 0;
  for (const Node& node : graph.nodes) {
    const bool smooth = std::visit([](const auto& op) { return is_smooth(op); }, node.op);
    const bool places = std::holds_alternative<op::MaxPool>(node.op) && node.outputs.size() > 1;
    if (!smooth || places) return INFINITY;
    if (const auto* norm = std::get_if<op::BatchNorm>(&node.op)) {
      bound = std::max(bound, scale_of(graph, node, *norm));
    }
  }
  const auto look = [&](const ConstTensorView& tensor) {
    const bool half = tensor.dtype == DType::f16 || tensor.dtype == DType::bf16;
    bound = std::max(bound, half ? INFINITY : magnitude(tensor));
  };
  for (const Value& value : graph.values) {
    if (value.constant) look(value.constant.view());
  }
  std::vector<ConstTensorView> views;
  for (const Tensor& input : inputs) views.push_back(input.view());
  evaluate(graph, views, [&](const Node&, std::span<const ConstTensorView> outputs) {
    for (const ConstTensorView& output : outputs) look(output);
  });
  return bound;
}

std::string type_text(const Tensor& tensor) {
  return std::string(name_of(tensor.dtype())) + tensor.shape().to_string();
}

}  // namespace

Tensor random_tensor(DType dtype, const Shape& shape, std::uint64_t seed) {
  Random random(seed);
  Tensor tensor(dtype, shape);
  dispatch(dtype, [&]<typename T>(TypeTag<T>) {
    for (std::size_t i = 0; i < tensor.elements(); ++i) {
      tensor.as<T>()[i] = is_floating(dtype) ? T(random.uniform(-2, 2)) : T(random.bits() % 3);
    }
  });
  return tensor;
}

std::optional<std::vector<Tensor>> inputs_of(const Graph& graph) {
  constexpr double kMostElements = 1024;
  std::vector<Tensor> inputs;
  for (const ValueId id : graph.inputs) {
    const Value& value = graph.values[id];
    Shape shape = value.shape.value_or(Shape{2});
    double elements = 1;
    for (std::int64_t& dim : shape) {
      if (dim == kUnknownDim) dim = 2;
      elements *= static_cast<double>(dim);
    }
    if (elements > kMostElements) return std::nullopt;
    inputs.push_back(random_tensor(value.dtype, shape, inputs.size() + 1));
  }
  return inputs;
}

void expect_same_bits(const std::vector<Tensor>& first, const std::vector<Tensor>& second) {
  for (std::size_t i = 0; i < first.size(); ++i) {
    if (type_text(first[i]) != type_text(second[i]) ||
        (first[i].bytes() > 0 &&
         std::memcmp(first[i].data(), second[i].data(), first[i].bytes()) != 0)) {
      finding("output " + std::to_string(i) + " differs on the second run");
    }
  }
}

void expect_close(const Graph& graph, const std::vector<Tensor>& inputs,
                  const std::vector<Tensor>& reference, const std::vector<Tensor>& cpu) {
  for (std::size_t i = 0; i < reference.size(); ++i) {
    if (type_text(reference[i]) == type_text(cpu[i])) continue;
    finding("output " + std::to_string(i) + ": reference " + type_text(reference[i]) + ", cpu " +
            type_text(cpu[i]) + "\n" + to_text(graph));
  }
  const double bound = bound_of(graph, inputs);
  if (!(bound <= 1000)) return;
  const double tolerance = 1e-4 * (1 + bound) * (1 + bound);
  for (std::size_t i = 0; i < reference.size(); ++i) {
    dispatch(reference[i].dtype(), [&]<typename T>(TypeTag<T>) {
      for (std::size_t k = 0; k < reference[i].elements(); ++k) {
        const double a = number(reference[i].as<T>()[k]), b = number(cpu[i].as<T>()[k]);
        if (std::fabs(a - b) <= tolerance) continue;
        finding("output " + std::to_string(i) + " element " + std::to_string(k) + ": reference " +
                std::to_string(a) + ", cpu " + std::to_string(b) + "\n" + to_text(graph));
      }
    });
  }
}

}  // namespace colonnade::fuzz
