#include "graph/graph.hpp"

#include <utility>

namespace colonnade {

Node::Node() = default;
Node::Node(std::string the_name, std::string the_onnx_op, Op the_op, std::vector<ValueId> read,
           std::vector<ValueId> written)
    : name(std::move(the_name)),
      onnx_op(std::move(the_onnx_op)),
      op(std::move(the_op)),
      inputs(std::move(read)),
      outputs(std::move(written)) {}
Node::Node(const Node&) = default;
Node::Node(Node&&) noexcept = default;
Node& Node::operator=(const Node&) = default;
Node& Node::operator=(Node&&) noexcept = default;
Node::~Node() = default;

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
