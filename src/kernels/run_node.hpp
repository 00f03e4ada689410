// One node from inputs to outputs with the reference kernels.
#pragma once

#include <span>
#include <vector>

#include "kernels/cost.hpp"

namespace colonnade {

/// "node 'Conv_3' (Conv)": how errors name a node.
std::string place_of(const Node& node);

/// infer_types, its errors placed at the node.
std::vector<TypeInfo> infer_node(const Node& node, std::span<const TypeInfo> inputs);

/// Computes the node into new tensors, one an output; an output that the graph leaves out
/// (kNoValue) is an empty Tensor. `budget` is asked before anything is allocated; that the
/// outputs are held is the caller's to say. Errors are placed at the node.
std::vector<Tensor> run_node(const Node& node, std::span<const ConstTensorView> inputs,
                             Budget* budget = nullptr);

}  // namespace colonnade
