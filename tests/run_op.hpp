// Running one operator in a test.
#pragma once

#include <gtest/gtest.h>

#include <utility>
#include <vector>

#include "kernels/run_node.hpp"

namespace colonnade::testing {

/// Outputs of one node with the reference kernels. An empty Tensor is an input left out.
inline std::vector<Tensor> run_op(Op op, const std::vector<Tensor>& inputs,
                                  std::size_t outputs = 1) {
  Node node;
  node.name = "tested";
  node.op = std::move(op);
  for (std::size_t i = 0; i < outputs; ++i) node.outputs.push_back(static_cast<ValueId>(i));
  std::vector<ConstTensorView> views;
  for (const Tensor& input : inputs) {
    views.push_back(input.view());
    views.back().present = static_cast<bool>(input);
  }
  return run_node(node, views);
}

template <typename T>
std::vector<T> values_of(const Tensor& tensor) {
  EXPECT_EQ(tensor.dtype(), DTypeOf<T>::value);
  if (tensor.dtype() != DTypeOf<T>::value) return {};
  return std::vector<T>(tensor.as<T>(), tensor.as<T>() + tensor.elements());
}

/// Type of a value that isn't known before the graph runs.
inline TypeInfo unknown_value(DType dtype, std::optional<Shape> shape) {
  return {dtype, shape, std::nullopt, true};
}

inline TypeInfo known_value(const Tensor& tensor) {
  return {tensor.dtype(), tensor.shape(), tensor.view(), true};
}

inline std::vector<TypeInfo> infer_op(Op op, const std::vector<TypeInfo>& inputs,
                                      std::size_t outputs = 1) {
  Node node;
  node.op = std::move(op);
  node.outputs.resize(outputs);
  return infer_types(node, inputs);
}

}  // namespace colonnade::testing
