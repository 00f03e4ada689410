#include "onnx/dense_shape.hpp"

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
