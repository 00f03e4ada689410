#include "graph/graph.hpp"

#include <utility>

namespace colonnade {

ValueId Graph::add_value(Value value) {
  values.push_back(std::move(value));
  return static_cast<ValueId>(values.size() - 1);
}

ValueId Graph::add_constant(std::string name_of_value, Tensor tensor) {
  Value value;
  value.name = std::move(name_of_value);
  value.dtype = tensor.dtype();
  value.shape = tensor.shape();
  value.constant = std::move(tensor);
  return add_value(std::move(value));
}

ValueId Graph::find_input(std::string_view wanted) const noexcept {
  for (const ValueId id : inputs) {
    if (values[id].name == wanted) return id;
  }
  return kNoValue;
}

ValueId Graph::find_output(std::string_view wanted) const noexcept {
  for (const ValueId id : outputs) {
    if (values[id].name == wanted) return id;
  }
  return kNoValue;
}

}  // namespace colonnade
