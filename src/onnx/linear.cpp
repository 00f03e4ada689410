// Matrix products and batch normalization.
#include "onnx/builders.hpp"

namespace colonnade {
namespace {

void mat_mul(NodeContext& node) {
  node.emit(op::MatMul{});
}

void gemm(NodeContext& node) {
  node.emit(op::Gemm{node.real("alpha", 1), node.real("beta", 1), node.flag("transA", false),
                     node.flag("transB", false)});
}

void einsum(NodeContext& node) {
  node.emit(op::Einsum{node.text("equation", "")});
}

void batch_norm(NodeContext& node) {
  bool statistics = false;  // Opset 13 and before: asking for them is training mode.
  for (std::size_t i = 1; i < node.output_count(); ++i)
    statistics = statistics || node.has_output(i);
  if (statistics || node.flag("training_mode", false)) {
    throw Unsupported{"normalizes in training mode; export the model in eval mode"};
  }
  if (!node.flag("spatial", true)) {
    throw Unsupported{
        "normalizes each element on its own (spatial=0); export with opset 9 or later"};
  }
  node.emit(op::BatchNorm{node.real("epsilon", 1e-5f)});
}

constexpr OpBuilder kBuilders[] = {
    {"MatMul", mat_mul},
    {"Gemm", gemm},
    {"Einsum", einsum},
    {"BatchNormalization", batch_norm},
};

}  // namespace

OpBuilders linear_builders() noexcept {
  return kBuilders;
}

}  // namespace colonnade
