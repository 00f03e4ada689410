// Lowering: convolutions.
#include <algorithm>
#include <optional>
#include <utility>

#include "backends/cpu/lower.hpp"
#include "backends/cpu/winograd_run.hpp"
#include "kernels/run_node.hpp"
#include "kernels/window.hpp"

namespace colonnade::cpu {
namespace {

constexpr std::int64_t kFloat = sizeof(float);

// Groups are narrow pieces. Beyond this many most of each vector would be empty: depthwise ones
// have a kernel of their own, the reference does the others.
constexpr std::int64_t kMaxGroups = 64;

// Reads a map's cells themselves, one for one.
bool is_pointwise(const SpatialWindow& window) {
  return std::all_of(window.axes.begin(), window.axes.end(), [](const WindowAxis& axis) {
    return axis.kernel == 1 && axis.stride == 1 && axis.input == axis.output;
  });
}

// Fewer channels than a few vectors, and the transforms cost what the products save.
constexpr std::int64_t kWinogradChannels = 32;
// Where bf16 would do. Narrower layers are near the image, and boxes hang most on them: those of 64
// channels and more take float32's Winograd, as fast there as direct bf16; by AMX all are direct
// (docs/performance.md).
constexpr std::int64_t kWinogradChannelsBesideBf16 = 64, kWinogradChannelsInBf16 = 128;

/// What multiplies in a layer of so many channels at least on both sides by Winograd's algorithm;
/// nothing: it's direct, by `direct`. `bf16`: what there is of that.
std::optional<LayerKernels::Choice> winograd_kernel(const SpatialWindow& window,
                                                    std::int64_t groups, std::int64_t channels,
                                                    const LayerKernels::Choice& direct,
                                                    const ConvKernel* bf16) {
  const auto fits = [](const WindowAxis& axis) {
    return axis.kernel == 3 && axis.stride == 1 && axis.dilation == 1;
  };
  if (groups != 1 || !fits(window.height()) || !fits(window.width())) return {};
  const std::optional<LayerKernels::Choice> fp32 = LayerKernels::Choice{};
  if (direct.kernel == nullptr) {
    return channels >= kWinogradChannels ? fp32 : std::nullopt;
  }
  if (bf16 == nullptr || bf16->winograd.input == nullptr || bf16->beats_winograd) return {};
  // A fourth of the products in bf16 takes no longer than all of them in int8, and loses less.
  if (channels >= kWinogradChannelsInBf16) return LayerKernels::Choice{bf16};
  const bool is_int8 = direct.input != nullptr;
  return !is_int8 && channels >= kWinogradChannelsBesideBf16 ? fp32 : std::nullopt;
}

}  // namespace

void Lowering::emit_conv(ConvStep step) {
  if (step.pieces.empty()) return;  // Of a map without cells.
  for (const ConvPiece& piece : step.pieces) {
    plan_.zeros = std::max(plan_.zeros, piece.inputs());
    const PackedWeights& packed = piece.weights ? *piece.weights : piece.winograd->points.front();
    plan_.scratch_bytes = std::max(plan_.scratch_bytes, conv_scratch_bytes(packed, kConvChunk));
    if (!piece.winograd) continue;
    plan_.winograd_floats = std::max(plan_.winograd_floats, winograd_floats(*piece.winograd));
    plan_.winograd_task_floats =
        std::max(plan_.winograd_task_floats, winograd_task_floats(*piece.winograd));
    plan_.winograd_tiles =
        std::max(plan_.winograd_tiles, winograd_tiles(step.map.height, step.map.width));
  }
  plan_.steps.emplace_back(std::move(step));
}

bool Lowering::is_fast_conv(const Node& node) const {
  const auto* conv = std::get_if<op::Conv>(&node.op);
  const auto* transposed = std::get_if<op::ConvTranspose>(&node.op);
  if (conv == nullptr && transposed == nullptr) return false;
  const std::size_t rank = shape_of(node.inputs[0]).rank();
  return (rank == 3 || rank == 4) && is_float(node.inputs[0]) && constant_of(node, 1) != nullptr &&
         (!has_input(node, 2) || constant_of(node, 2) != nullptr) &&
         (conv != nullptr ? conv->group : transposed->group) <= kMaxGroups;
}

LayerKernels::Choice Lowering::kernel_of(const Node& node, std::int64_t channels,
                                         std::int64_t products) const {
  const std::size_t producer = links_.producer[node.inputs[0]];
  if (producer != kNoNode &&
      std::holds_alternative<op::DequantizeLinear>(graph_.nodes[producer].op)) {
    return {};
  }
  return options_.kernels.of(node.name, graph_.values[node.inputs[0]].name, channels, products);
}

Lowering::ConvMaps Lowering::conv_maps(const Node& node) {
  const Tensor* bias = constant_of(node, 2);
  const Slot from = channels_last(node.inputs[0]);
  bool relu = false;
  const ValueId result = fuse_relu(node.outputs[0], relu);
  return {*constant_of(node, 1),
          bias != nullptr ? *bias : Tensor(),
          from,
          new_channels_last(result),
          result,
          relu};
}

bool Lowering::lower_conv(std::size_t n) {
  const Node& node = graph_.nodes[n];
  if (!is_fast_conv(node)) return false;
  const auto& conv = std::get<op::Conv>(node.op);
  const auto [weights, bias, from, to, result, relu] = conv_maps(node);

  const SpatialWindow w =
      resolve_window(conv.window, spatial_dims(from.shape), spatial_dims(weights.shape()));
  const WindowAxis& rows = w.height();
  const WindowAxis& columns = w.width();
  const std::int64_t inputs = weights.shape()[1], outputs = weights.shape()[0] / conv.group;

  ConvStep step;
  step.name = node.name;
  step.input = graph_.values[node.inputs[0]].name;
  const LayerKernels::Choice kernel = kernel_of(node, inputs * conv.group, inputs * w.taps());
  std::optional<LayerKernels::Choice> winograd;
  if (options_.winograd) {
    winograd =
        winograd_kernel(w, conv.group, std::min(inputs, outputs), kernel, options_.kernels.bf16());
  }
  step.images = from.shape[0];
  step.input_image = w.inputs() * from.cell();
  step.output_image = w.outputs() * to.cell();
  step.map = {rows.output, columns.output, to.cell()};
  ConvPiece piece;
  piece.cells = w.outputs();
  piece.args.height = rows.input;
  piece.args.width = columns.input;
  piece.args.input_cell = from.cell();
  piece.args.window = conv_window(w);
  piece.args.output_width = columns.output;
  piece.args.output_cell = to.cell();
  piece.args.output_row = columns.output * to.cell();
  piece.args.relu = relu;
  if (is_pointwise(w) && step.images > 1) {
    // One long row: many small images (a PFN's pillars) do well.
    piece.cells *= std::exchange(step.images, 1);
    piece.args.height = 1;
    piece.args.width = piece.args.output_width = piece.cells;
  }
  for (std::int64_t group = 0; group < conv.group; ++group) {
    WeightSource source;
    source.outputs = outputs;
    source.rows = rows.kernel;
    source.columns = columns.kernel;
    source.inputs = inputs;
    source.offset = group * outputs * inputs * w.taps();
    source.by_output = inputs * w.taps();
    source.by_row = columns.kernel;
    source.by_column = 1;
    source.by_input = w.taps();
    piece.input = {from.ref.buffer, from.ref.byte + group * inputs * kFloat};
    piece.output = {to.ref.buffer, to.ref.byte + group * outputs * kFloat};
    if (winograd) {
      piece.winograd = weights_.get_winograd(weights, source, bias, *winograd);
    } else {
      piece.weights = weights_.get(weights, source, bias, group * outputs, kernel, group * inputs);
      piece.input_scales = kernel.input_scales();
    }
    step.pieces.push_back(piece);
  }
  emit_conv(std::move(step));
  place(result, to);
  return true;
}

// Convolutions whose outputs are joined along the channels write straight into the joined map.
void Lowering::plan_concat_slices() {
  const auto convolution_behind = [&](ValueId value) {
    std::size_t n = links_.producer[value];
    if (n == kNoNode) return false;
    if (const auto* unary = std::get_if<op::Unary>(&graph_.nodes[n].op)) {
      const ValueId before = graph_.nodes[n].inputs[0];
      if (unary->kind != op::UnaryKind::relu || links_.only_reader(before) != n) return false;
      n = links_.producer[before];
    }
    return n != kNoNode && is_fast_conv(graph_.nodes[n]);
  };
  for (const Node& node : graph_.nodes) {
    const auto* concat = std::get_if<op::Concat>(&node.op);
    if (concat == nullptr) continue;
    const Shape& shape = shape_of(node.outputs[0]);
    if (shape.rank() < 3 || !is_float(node.outputs[0]) ||
        normalize_axis(concat->axis, shape.rank()) != 1) {
      continue;
    }
    std::int64_t channel = 0;
    for (const ValueId input : node.inputs) {
      if (slices_[input].concat == kNoValue && convolution_behind(input)) {
        slices_[input] = {node.outputs[0], channel};
      }
      channel += shape_of(input)[1];
    }
  }
}

}  // namespace colonnade::cpu
