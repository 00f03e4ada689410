#include <fmt/core.h>

#include <utility>

#include "graph/arity.hpp"
#include "graph/check_members.hpp"
#include "graph/graph.hpp"

namespace colonnade {
namespace {

[[noreturn]] void fail(const Node& node, const std::string& message) {
  throw Error(ErrorCode::format, fmt::format("node '{}' ({})", node.name, node.onnx_op), message);
}

}  // namespace

void verify(const Graph& graph) {
  const std::size_t count = graph.values.size();
  std::vector<char> written(count, 0);
  const auto check_id = [&](ValueId id, const char* list) {
    if (id < count) return;
    throw Error(ErrorCode::internal, "graph",
                fmt::format("{} names value {} of {}", list, id, count));
  };
  for (std::size_t id = 0; id < count; ++id) {
    const Value& value = graph.values[id];
    if (!value.constant) continue;
    written[id] = 1;
    if (value.dtype != value.constant.dtype() || value.shape != value.constant.shape()) {
      throw Error(
          ErrorCode::internal, "graph",
          fmt::format("constant {} '{}' is described as another type than it has", id, value.name));
    }
  }
  for (const ValueId id : graph.inputs) {
    check_id(id, "the list of inputs");
    if (std::exchange(written[id], 1) != 0) {
      throw Error(ErrorCode::internal, "graph",
                  fmt::format("input '{}' is a constant or listed twice", graph.values[id].name));
    }
  }
  for (const Node& node : graph.nodes) {
    try {
      check_arity(node);
      check_members(node.op);
    } catch (const Error& error) {
      fail(node, error.what());
    }
    for (const ValueId id : node.inputs) {
      if (id == kNoValue) continue;
      check_id(id, "a node's inputs");
      if (written[id] == 0) {
        fail(node, fmt::format("reads value {} '{}' before anything writes it", id,
                               graph.values[id].name));
      }
    }
    for (const ValueId id : node.outputs) {
      if (id == kNoValue) continue;
      check_id(id, "a node's outputs");
      if (std::exchange(written[id], 1) != 0) {
        fail(node, fmt::format("writes value {} '{}', which is written already", id,
                               graph.values[id].name));
      }
    }
  }
  for (const ValueId id : graph.outputs) {
    check_id(id, "the list of outputs");
    if (written[id] == 0) {
      throw Error(ErrorCode::internal, "graph",
                  fmt::format("nothing writes the output '{}'", graph.values[id].name));
    }
  }
}

}  // namespace colonnade
