#include "kernels/reference.hpp"

#include <variant>

#include "kernels/reference_ops.hpp"

namespace colonnade {

std::vector<TypeInfo> infer_types(const Node& node, std::span<const TypeInfo> inputs) {
  return std::visit(
      [&](const auto& op) { return reference::infer(op, inputs, node.outputs.size()); }, node.op);
}

void compute_reference(const Node& node, std::span<const ConstTensorView> inputs,
                       std::span<const TensorView> outputs) {
  std::visit([&](const auto& op) { reference::compute(op, inputs, outputs); }, node.op);
}

}  // namespace colonnade
