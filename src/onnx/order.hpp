// Which nodes a graph's outputs need, and in which order they can run.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "onnx/wire.hpp"

namespace colonnade {

using WireNodes = google::protobuf::RepeatedPtrField<wire::NodeProto>;

/// "'Conv_3' (Conv)", or "#12 (Conv)" for a node without a name.
std::string describe(const wire::NodeProto& node, int index);

/// Indices of the nodes on which the values `wanted` depend, each after what it reads and otherwise
/// in the file's order. Names that no node writes come from elsewhere. Error(format) on a cycle and
/// on a value that two nodes write.
std::vector<int> execution_order(const WireNodes& nodes, std::span<const std::string> wanted,
                                 const std::string& where);

}  // namespace colonnade
