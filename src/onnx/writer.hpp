// Graph -> ONNX bytes: what the reader reads back as the same graph.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "graph/graph.hpp"

namespace colonnade {

/// A model of the least opset from 17 on that has every operator of the graph: older consumers
/// (TensorRT 8.6 knows 17) read as much as they can. Names are the graph's; a value without one, or
/// with another's, gets a name of its own. Scatter plugins keep their own operator types.
/// Error(limit): beyond protobuf's 2 GiB.
std::vector<std::byte> write_onnx(const Graph& graph);
void write_onnx_file(const Graph& graph, const std::string& path);

}  // namespace colonnade
