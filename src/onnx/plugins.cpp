// The field's scatter plugins, which NVIDIA's and OpenPCDet's exporters write in the default
// domain.

#include "onnx/builders.hpp"

namespace colonnade {
namespace {

// PPScatterPlugin (2022 on) and PillarScatterPlugin: attribute dense_shape = [height, width].
void pillar_scatter(NodeContext& node) {
  const std::vector<std::int64_t> shape = node.integers("dense_shape");
  if (shape.size() != 2 || shape[0] < 1 || shape[1] < 1) {
    node.fail(ErrorCode::format,
              "attribute 'dense_shape' needs the height and the width of the "
              "image, both positive");
  }
  node.emit(op::PillarScatter{op::PillarScatterForm::plugin, shape[0], shape[1]});
}

// ScatterBEV (2021): the image's size comes at run time, in the third input.
void scatter_bev(NodeContext& node) {
  node.emit(op::PillarScatter{op::PillarScatterForm::scatter_bev, 0, 0});
}

constexpr OpBuilder kBuilders[] = {
    {"PPScatterPlugin", pillar_scatter},
    {"PillarScatterPlugin", pillar_scatter},
    {"ScatterBEV", scatter_bev},
};

}  // namespace

OpBuilders plugin_builders() noexcept {
  return kBuilders;
}

}  // namespace colonnade
