// An operator of the graph as a node of ONNX.
#pragma once

#include "graph/graph.hpp"
#include "onnx/wire.hpp"

namespace colonnade {

inline constexpr std::int64_t kOldestWrittenOpset = 17;

/// The least opset, from kOldestWrittenOpset on, in which ONNX says what this node says.
std::int64_t opset_needed(const Node& node, const Graph& graph);

/// Operator type and attributes, on a message whose inputs and outputs are there: an input that
/// this opset has as an attribute moves. Softmax over several dimensions (`flatten`) isn't an
/// operator of these opsets: the caller has replaced it.
void write_op(const Node& node, const Graph& graph, std::int64_t opset, wire::NodeProto& to);

}  // namespace colonnade
