#include "passes/narrow_doubles.hpp"

#include <algorithm>

namespace colonnade {
namespace {

Tensor narrowed(const Tensor& tensor) {
  Tensor result(DType::f32, tensor.shape());
  std::transform(tensor.as<double>(), tensor.as<double>() + tensor.elements(), result.as<float>(),
                 [](double value) { return static_cast<float>(value); });
  return result;
}

}  // namespace

Graph narrow_doubles(const Graph& graph, std::size_t* changed) {
  Graph result = graph;
  std::size_t count = 0;
  for (Value& value : result.values) {
    if (value.dtype != DType::f64) continue;
    value.dtype = DType::f32;
    if (value.constant) value.constant = narrowed(value.constant);
    const auto id = static_cast<ValueId>(&value - result.values.data());
    const bool is_input =
        std::find(result.inputs.begin(), result.inputs.end(), id) != result.inputs.end();
    count += value.constant || is_input ? 1 : 0;
  }
  for (Node& node : result.nodes) {
    if (auto* cast = std::get_if<op::Cast>(&node.op); cast != nullptr && cast->to == DType::f64) {
      cast->to = DType::f32;
      ++count;
    } else if (auto* fill = std::get_if<op::ConstantOfShape>(&node.op);
               fill != nullptr && fill->value && fill->value.dtype() == DType::f64) {
      fill->value = narrowed(fill->value);
      ++count;
    }
  }
  if (changed != nullptr) *changed = count;
  return result;
}

}  // namespace colonnade
