// Lowering: convolutions, and what runs as one.
#include <algorithm>

#include "backends/cpu/lower.hpp"

namespace colonnade::cpu {
namespace {

constexpr std::int64_t kFloat = sizeof(float);

// A window on [H, W]; one spatial axis counts as W of a map of one row.
struct Window2d {
  std::int64_t kernel[2] = {1, 1}, stride[2] = {1, 1}, dilation[2] = {1, 1};
  std::int64_t pad_begin[2] = {0, 0}, pad_end[2] = {0, 0};
};

std::int64_t at_or(const std::vector<std::int64_t>& values, std::size_t i, std::int64_t other) {
  return values.empty() ? other : values[i];
}

// `input`, `output`: full shapes; `weights`: its spatial axes are the kernel.
Window2d window_of(const op::Window& window, const Shape& input, const Shape& output,
                   const Shape& weights) {
  Window2d w;
  const std::size_t spatial = input.rank() - 2;
  for (std::size_t i = 0; i < spatial; ++i) {
    const std::size_t a = i + 2 - spatial;
    w.kernel[a] = weights[i + 2];
    w.stride[a] = at_or(window.strides, i, 1);
    w.dilation[a] = at_or(window.dilations, i, 1);
    w.pad_begin[a] = at_or(window.pads, i, 0);
    w.pad_end[a] = at_or(window.pads, i + spatial, 0);
    const bool upper = window.auto_pad == op::AutoPad::same_upper;
    if (upper || window.auto_pad == op::AutoPad::same_lower) {
      const std::int64_t reach = (w.kernel[a] - 1) * w.dilation[a] + 1;
      const std::int64_t total =
          std::max<std::int64_t>(0, (output[i + 2] - 1) * w.stride[a] + reach - input[i + 2]);
      w.pad_begin[a] = upper ? total / 2 : total - total / 2;
    } else if (window.auto_pad == op::AutoPad::valid) {
      w.pad_begin[a] = w.pad_end[a] = 0;
    }
  }
  return w;
}

struct MapSize {
  std::int64_t height, width;
};

MapSize map_size(const Shape& shape) {
  return {shape.rank() == 4 ? shape[2] : 1, shape[shape.rank() - 1]};
}

bool all_equal(const std::vector<std::int64_t>& values, std::int64_t value) {
  return std::all_of(values.begin(), values.end(), [&](std::int64_t v) { return v == value; });
}

// Tiles of the transposed convolution don't meet: each phase of the stride is a 1x1 convolution.
bool is_blockwise(const op::ConvTranspose& conv, const Shape& weights) {
  const op::Window& w = conv.window;
  if (w.auto_pad != op::AutoPad::not_set || conv.group != 1 || !all_equal(w.pads, 0) ||
      !all_equal(w.dilations, 1) || !all_equal(conv.output_padding, 0) ||
      !conv.output_shape.empty()) {
    return false;
  }
  for (std::size_t i = 0; i + 2 < weights.rank(); ++i) {
    if (weights[i + 2] != at_or(w.strides, i, 1)) return false;
  }
  return true;
}

void add_zeros(Plan& plan, const ConvStep& step) {
  plan.zeros = std::max(plan.zeros, step.weights->inputs);
  plan.scratch_bytes = std::max(plan.scratch_bytes, conv_scratch_bytes(*step.weights, kConvChunk));
}

}  // namespace

// Depthwise convolutions of many channels would be many narrow steps: the reference does them.
constexpr std::int64_t kMaxGroups = 64;

bool Lowering::is_fast_conv(const Node& node) const {
  const auto* conv = std::get_if<op::Conv>(&node.op);
  const auto* transposed = std::get_if<op::ConvTranspose>(&node.op);
  if (conv == nullptr && transposed == nullptr) return false;
  const std::size_t rank = shape_of(node.inputs[0]).rank();
  const Tensor* weights = constant_of(node, 1);
  const bool has_bias = node.inputs.size() > 2 && node.inputs[2] != kNoValue;
  if ((rank != 3 && rank != 4) || !is_float(node.inputs[0]) || weights == nullptr ||
      (has_bias && constant_of(node, 2) == nullptr)) {
    return false;
  }
  return conv != nullptr ? conv->group <= kMaxGroups : is_blockwise(*transposed, weights->shape());
}

bool Lowering::lower_conv(std::size_t n) {
  const Node& node = graph_.nodes[n];
  if (!is_fast_conv(node)) return false;
  const auto& conv = std::get<op::Conv>(node.op);
  const Tensor& weights = *constant_of(node, 1);
  const Tensor* bias = constant_of(node, 2);
  const Slot from = channels_last(node.inputs[0]);
  bool relu = false;
  const ValueId result = fuse_relu(node.outputs[0], relu);
  const Slot to = new_channels_last(result);

  const Window2d w = window_of(conv.window, from.shape, to.shape, weights.shape());
  const MapSize in = map_size(from.shape), out = map_size(to.shape);
  const std::int64_t taps = w.kernel[0] * w.kernel[1];
  const std::int64_t inputs = weights.shape()[1], outputs = weights.shape()[0] / conv.group;

  ConvStep step;
  step.args.height = in.height;
  step.args.width = in.width;
  step.args.input_cell = from.cell();
  step.args.window = {w.kernel[0],   w.kernel[1],   w.stride[0],    w.stride[1],
                      w.dilation[0], w.dilation[1], w.pad_begin[0], w.pad_begin[1]};
  step.args.output_width = out.width;
  step.args.output_cell = to.cell();
  step.args.output_row = out.width * to.cell();
  step.args.relu = relu;
  step.cells = out.height * out.width;
  step.images = from.shape[0];
  step.input_image = in.height * in.width * from.cell();
  step.output_image = step.cells * to.cell();
  const bool pointwise = taps == 1 && w.stride[0] == 1 && w.stride[1] == 1 &&
                         w.pad_begin[0] + w.pad_end[0] + w.pad_begin[1] + w.pad_end[1] == 0;
  if (pointwise && step.images > 1) {  // One long row: many small images (a PFN's pillars) do well.
    step.cells *= step.images;
    step.args.height = 1;
    step.args.width = step.args.output_width = step.cells;
    step.images = 1;
  }
  for (std::int64_t group = 0; group < conv.group; ++group) {
    WeightSource source;
    source.outputs = outputs;
    source.taps = taps;
    source.inputs = inputs;
    source.offset = group * outputs * inputs * taps;
    source.by_output = inputs * taps;
    source.by_tap = 1;
    source.by_input = taps;
    step.weights =
        weights_.get(weights, source, bias != nullptr ? *bias : Tensor(), group * outputs);
    step.input = {from.ref.buffer, from.ref.byte + group * inputs * kFloat};
    step.output = {to.ref.buffer, to.ref.byte + group * outputs * kFloat};
    add_zeros(plan_, step);
    plan_.steps.push_back(step);
  }
  place(result, to);
  return true;
}

bool Lowering::lower_conv_transpose(std::size_t n) {
  const Node& node = graph_.nodes[n];
  if (!is_fast_conv(node)) return false;
  const Tensor& weights = *constant_of(node, 1);
  const Tensor* bias = constant_of(node, 2);
  const Slot from = channels_last(node.inputs[0]);
  bool relu = false;
  const ValueId result = fuse_relu(node.outputs[0], relu);
  const Slot to = new_channels_last(result);

  const MapSize in = map_size(from.shape), out = map_size(to.shape);
  const MapSize block = map_size(weights.shape());
  const std::int64_t taps = block.height * block.width;
  ConvStep step;
  step.args.height = in.height;
  step.args.width = step.args.output_width = in.width;
  step.args.input_cell = from.cell();
  step.args.output_cell = block.width * to.cell();
  step.args.output_row = block.height * out.width * to.cell();
  step.args.relu = relu;
  step.input = from.ref;
  step.cells = in.height * in.width;
  step.images = from.shape[0];
  step.input_image = step.cells * from.cell();
  step.output_image = out.height * out.width * to.cell();
  for (std::int64_t tap = 0; tap < taps; ++tap) {
    WeightSource source;
    source.outputs = weights.shape()[1];
    source.inputs = weights.shape()[0];
    source.offset = tap;
    source.by_output = taps;
    source.by_input = source.outputs * taps;
    step.weights = weights_.get(weights, source, bias != nullptr ? *bias : Tensor());
    const std::int64_t cell = tap / block.width * out.width + tap % block.width;
    step.output = {to.ref.buffer, to.ref.byte + cell * to.cell() * kFloat};
    add_zeros(plan_, step);
    plan_.steps.push_back(step);
  }
  place(result, to);
  return true;
}

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
        done_[reader] = true;
        result = add.outputs[0];
      }
    }
  }
  ConvStep step;
  result = fuse_relu(result, step.args.relu);
  const Slot from = row_major(node.inputs[0]);
  const Slot to = new_row_major(result);
  step.cells = shape.elements(0, shape.rank() - 1);
  step.args.height = 1;
  step.args.width = step.args.output_width = step.cells;
  step.args.input_cell = inputs;
  step.args.output_cell = outputs;
  WeightSource source;
  source.outputs = outputs;
  source.inputs = inputs;
  source.by_output = transposed ? inputs : 1;
  source.by_input = transposed ? 1 : outputs;
  step.weights = weights_.get(*weights, source, bias != nullptr ? *bias : Tensor());
  step.input = from.ref;
  step.output = to.ref;
  add_zeros(plan_, step);
  plan_.steps.push_back(step);
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
