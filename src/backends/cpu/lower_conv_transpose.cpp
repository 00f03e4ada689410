// Lowering: transposed convolutions. Each phase of the stride is a convolution of its own.
#include <numeric>
#include <utility>

#include "backends/cpu/lower.hpp"
#include "kernels/run_node.hpp"
#include "kernels/window.hpp"

namespace colonnade::cpu {
namespace {

constexpr std::int64_t kFloat = sizeof(float);

/// Along one axis: the outputs phase, phase + stride, ... as a convolution of stride 1. Tap t of it
/// is the transposed one's tap `first_tap - t * tap_step`: they run backwards.
struct Phase {
  std::int64_t outputs = 0;
  std::int64_t taps = 0, first_tap = 0, tap_step = 1;
  std::int64_t pad = 0, dilation = 1;
};

// Output o takes input i through tap k where o + pad_begin = i * stride + k * dilation. For
// o = phase + j * stride, i = j + (phase + pad_begin - k * dilation) / stride, for those k that
// divide evenly: every tap_step-th one.
Phase phase_of(const WindowAxis& axis, std::int64_t phase) {
  Phase result;
  result.outputs = phase < axis.output ? (axis.output - phase - 1) / axis.stride + 1 : 0;
  const std::int64_t common = std::gcd(axis.stride, axis.dilation);
  result.tap_step = axis.stride / common;
  result.dilation = axis.dilation / common;
  for (std::int64_t k = 0; k < axis.kernel; ++k) {
    const std::int64_t distance = phase + axis.pad_begin - k * axis.dilation;
    if (distance % axis.stride != 0) continue;
    ++result.taps;
    result.first_tap = k;
    result.pad = -(distance / axis.stride);
  }
  return result;
}

}  // namespace

bool Lowering::lower_conv_transpose(std::size_t n) {
  const Node& node = graph_.nodes[n];
  if (!is_fast_conv(node)) return false;
  const auto& conv = std::get<op::ConvTranspose>(node.op);
  const auto [weights, bias, from, to, result, relu] = conv_maps(node);

  const SpatialWindow w =
      resolve_transposed_window(conv, spatial_dims(from.shape), spatial_dims(weights.shape()));
  const WindowAxis& rows = w.height();
  const WindowAxis& columns = w.width();
  const std::int64_t inputs = weights.shape()[0] / conv.group, outputs = weights.shape()[1];
  ConvStep step;
  step.name = node.name;
  step.input = graph_.values[node.inputs[0]].name;
  const LayerKernels::Choice kernel = kernel_of(node, inputs * conv.group, inputs * w.taps());
  step.images = from.shape[0];
  step.input_image = w.inputs() * from.cell();
  step.output_image = w.outputs() * to.cell();
  step.map = {rows.output, columns.output, to.cell()};
  for (std::int64_t group = 0; group < conv.group; ++group) {
    for (std::int64_t y = 0; y < rows.stride; ++y) {
      for (std::int64_t x = 0; x < columns.stride; ++x) {
        const Phase row = phase_of(rows, y), column = phase_of(columns, x);
        ConvPiece piece;
        piece.placement = {y, x, rows.stride, columns.stride};
        piece.cells = row.outputs * column.outputs;
        if (piece.cells == 0) continue;
        piece.args.height = rows.input;
        piece.args.width = columns.input;
        piece.args.input_cell = from.cell();
        piece.args.window = {row.taps,     column.taps,     1,       1,
                             row.dilation, column.dilation, row.pad, column.pad};
        piece.args.output_width = column.outputs;
        piece.args.output_cell = columns.stride * to.cell();
        piece.args.output_row = rows.stride * columns.output * to.cell();
        piece.args.relu = relu;
        WeightSource source;
        source.outputs = outputs;
        source.rows = row.taps;
        source.columns = column.taps;
        source.inputs = inputs;
        source.offset =
            group * inputs * outputs * w.taps() + row.first_tap * columns.kernel + column.first_tap;
        source.by_output = w.taps();
        source.by_row = -row.tap_step * columns.kernel;
        source.by_column = -column.tap_step;
        source.by_input = outputs * w.taps();
        piece.weights =
            weights_.get(weights, source, bias, group * outputs, kernel, group * inputs);
        piece.input_scales = kernel.input_scales();
        piece.input = {from.ref.buffer, from.ref.byte + group * inputs * kFloat};
        const std::int64_t cell = y * columns.output + x;
        piece.output = {to.ref.buffer, to.ref.byte + (cell * to.cell() + group * outputs) * kFloat};
        step.pieces.push_back(std::move(piece));
      }
    }
  }
  emit_conv(std::move(step));
  place(result, to);
  return true;
}

}  // namespace colonnade::cpu
