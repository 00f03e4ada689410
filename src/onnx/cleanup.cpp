#include "onnx/cleanup.hpp"

#include <algorithm>
#include <utility>

namespace colonnade {
namespace {

// Whether any two neighbouring dims of a map (NCHW or NHWC) are to each other as height to width.
bool has_aspect(const Shape& map, std::int64_t height, std::int64_t width) noexcept {
  if (map.rank() != 4) return false;
  for (const std::size_t axis : {std::size_t{1}, std::size_t{2}}) {
    std::int64_t a = 0, b = 0;
    if (map[axis] <= 1 || map[axis + 1] <= 1) continue;
    if (__builtin_mul_overflow(map[axis], width, &a)) continue;
    if (__builtin_mul_overflow(map[axis + 1], height, &b)) continue;
    if (a == b) return true;
  }
  return false;
}

}  // namespace

void drop_unused(Graph& graph) {
  std::vector<char> used(graph.values.size(), 0);
  for (const ValueId id : graph.outputs) used[id] = 1;
  std::vector<Node> kept;
  for (auto node = graph.nodes.rbegin(); node != graph.nodes.rend(); ++node) {
    const bool needed = std::any_of(node->outputs.begin(), node->outputs.end(),
                                    [&](ValueId id) { return id != kNoValue && used[id] != 0; });
    if (!needed) continue;
    for (const ValueId id : node->inputs) {
      if (id != kNoValue) used[id] = 1;
    }
    kept.push_back(std::move(*node));
  }
  std::reverse(kept.begin(), kept.end());
  graph.nodes = std::move(kept);
  for (const ValueId id : graph.inputs) used[id] = 1;
  for (const Node& node : graph.nodes) {
    for (const ValueId id : node.outputs) {
      if (id != kNoValue) used[id] = 1;
    }
  }

  std::vector<ValueId> renamed(graph.values.size(), kNoValue);
  std::vector<Value> values;
  for (std::size_t id = 0; id < used.size(); ++id) {
    if (used[id] == 0) continue;
    renamed[id] = static_cast<ValueId>(values.size());
    values.push_back(std::move(graph.values[id]));
  }
  graph.values = std::move(values);
  const auto rename = [&](std::vector<ValueId>& ids) {
    for (ValueId& id : ids) {
      if (id != kNoValue) id = renamed[id];
    }
  };
  rename(graph.inputs);
  rename(graph.outputs);
  for (Node& node : graph.nodes) {
    rename(node.inputs);
    rename(node.outputs);
  }
}

void correct_dense_shape(Graph& graph, const std::vector<Shape>& declared_outputs) {
  const auto any_has_aspect = [&](std::int64_t height, std::int64_t width) {
    return std::any_of(declared_outputs.begin(), declared_outputs.end(),
                       [&](const Shape& shape) { return has_aspect(shape, height, width); });
  };
  for (Node& node : graph.nodes) {
    auto* scatter = std::get_if<op::PillarScatter>(&node.op);
    if (scatter == nullptr || scatter->height == 0) continue;
    if (!any_has_aspect(scatter->height, scatter->width) &&
        any_has_aspect(scatter->width, scatter->height)) {
      std::swap(scatter->height, scatter->width);
    }
  }
}

}  // namespace colonnade
