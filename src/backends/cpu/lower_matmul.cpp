// Lowering: matrix products with constant weights run as pointwise convolutions of one row.
#include <utility>

#include "backends/cpu/lower.hpp"

namespace colonnade::cpu {

bool Lowering::lower_matmul(std::size_t n) {
  const Node& node = graph_.nodes[n];
  const auto* gemm = std::get_if<op::Gemm>(&node.op);
  const Tensor* weights = constant_of(node, 1);
  const Shape& shape = shape_of(node.inputs[0]);
  if (weights == nullptr || weights->dtype() != DType::f32 || weights->shape().rank() != 2 ||
      !is_float(node.inputs[0]) || shape.rank() < 2) {
    return false;
  }
  if (gemm != nullptr && (gemm->alpha != 1 || gemm->beta != 1 || gemm->trans_a)) return false;
  const bool transposed = gemm != nullptr && gemm->trans_b;
  const std::int64_t inputs = weights->shape()[transposed ? 1 : 0];
  const std::int64_t outputs = weights->shape()[transposed ? 0 : 1];
  const auto is_bias = [&](const Tensor* tensor) {
    return tensor != nullptr && tensor->dtype() == DType::f32 && tensor->shape().rank() > 0 &&
           static_cast<std::int64_t>(tensor->elements()) == outputs &&
           tensor->shape()[tensor->shape().rank() - 1] == outputs;
  };

  ValueId result = node.outputs[0];
  const Tensor* bias = nullptr;
  if (gemm != nullptr && node.inputs.size() > 2 && node.inputs[2] != kNoValue) {
    bias = constant_of(node, 2);
    if (!is_bias(bias)) return false;
  } else if (const std::size_t reader = links_.only_reader(result); reader != kNoNode) {
    const Node& add = graph_.nodes[reader];
    const auto* binary = std::get_if<op::Binary>(&add.op);
    if (binary != nullptr && binary->kind == op::BinaryKind::add &&
        shape_of(add.outputs[0]) == shape_of(result)) {
      const Tensor* shift = constant_of(add, add.inputs[0] == result ? 1 : 0);
      if (is_bias(shift)) {
        bias = shift;
        fuse(reader);
        result = add.outputs[0];
      }
    }
  }
  ConvPiece piece;
  result = fuse_relu(result, piece.args.relu);
  const Slot from = row_major(node.inputs[0]);
  const Slot to = new_row_major(result);
  piece.cells = shape.elements(0, shape.rank() - 1);
  piece.args.height = 1;
  piece.args.width = piece.args.output_width = piece.cells;
  piece.args.input_cell = inputs;
  piece.args.output_cell = outputs;
  WeightSource source;
  source.outputs = outputs;
  source.inputs = inputs;
  source.by_output = transposed ? inputs : 1;
  source.by_input = transposed ? 1 : outputs;
  piece.weights = weights_.get(*weights, source, bias != nullptr ? *bias : Tensor());
  piece.input = from.ref;
  piece.output = to.ref;
  ConvStep step;
  step.name = node.name;
  step.input = graph_.values[node.inputs[0]].name;
  step.pieces.push_back(std::move(piece));
  emit_conv(std::move(step));
  place(result, to);
  return true;
}

}  // namespace colonnade::cpu
