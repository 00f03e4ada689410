#include "backends/cpu/scatter_size.hpp"

#include <algorithm>
#include <cstring>

namespace colonnade::cpu {

ScatterParams read_scatter_params(const float* params) noexcept {
  std::uint32_t bits[5];
  std::memcpy(bits, params, sizeof bits);
  return {bits[1], bits[2], bits[3], bits[4]};
}

void fix_scatter_sizes(Graph& graph, std::span<const ConstTensorView> inputs) {
  for (Node& node : graph.nodes) {
    auto* scatter = std::get_if<op::PillarScatter>(&node.op);
    if (scatter == nullptr || scatter->form != op::PillarScatterForm::scatter_bev ||
        (scatter->height > 0 && scatter->width > 0)) {
      continue;
    }
    const auto input = std::find(graph.inputs.begin(), graph.inputs.end(), node.inputs[2]);
    if (input == graph.inputs.end()) continue;
    const ConstTensorView& given = inputs[static_cast<std::size_t>(input - graph.inputs.begin())];
    if (given.data == nullptr || given.dtype != DType::f32 || given.shape.elements() != 5) continue;
    const ScatterParams params = read_scatter_params(given.as<float>());
    scatter->height = params.height;
    scatter->width = params.width;
  }
}

}  // namespace colonnade::cpu
