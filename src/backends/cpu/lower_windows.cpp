// Lowering: pooling, resizing, depthwise convolutions.
#include <optional>
#include <utility>

#include "backends/cpu/lower.hpp"
#include "kernels/resize/plan.hpp"
#include "kernels/widen.hpp"
#include "kernels/window.hpp"

namespace colonnade::cpu {
namespace {

bool is_map(const Shape& shape) {
  return (shape.rank() == 3 || shape.rank() == 4) && shape.elements() > 0;
}

AxisTaps taps_of_pool(const WindowAxis& axis, bool count_pads) {
  AxisTaps taps;
  for (std::int64_t i = 0; i < axis.output; ++i) {
    const IndexRange inside = axis.taps_inside(i, axis.input);
    const std::int64_t count = count_pads ? axis.kernel : inside.end - inside.begin;
    for (std::int64_t k = inside.begin; k < inside.end; ++k) {
      taps.add(axis.position(i, k), 1 / static_cast<float>(count));
    }
    taps.end_output();
  }
  return taps;
}

AxisTaps whole_axis(std::int64_t length) {
  AxisTaps taps;
  for (std::int64_t i = 0; i < length; ++i) taps.add(i, 1 / static_cast<float>(length));
  taps.end_output();
  return taps;
}

AxisTaps taps_of_resize(const op::Resize& resize, const ResizeAxis& axis) {
  AxisTaps taps;
  for (std::int64_t i = 0; i < axis.output; ++i) {
    const ResizeTaps found = resize_taps(resize, axis, i);
    for (std::size_t k = 0; k < found.inputs.size(); ++k) {
      taps.add(found.inputs[k], static_cast<float>(found.weights[k]));
    }
    taps.end_output();
  }
  return taps;
}

}  // namespace

void Lowering::emit_separable(const Node& node, bool max, AxisTaps rows, AxisTaps columns) {
  const Slot from = channels_last(node.inputs[0]);
  const Slot to = new_channels_last(node.outputs[0]);
  const std::size_t rank = from.shape.rank();
  SeparableStep step;
  step.max = max;
  step.rows = std::move(rows);
  step.columns = std::move(columns);
  step.images = from.shape[0];
  step.channels = from.shape[1];
  step.input_cell = from.cell();
  step.input_row = from.shape[rank - 1] * from.cell();
  step.output_cell = to.cell();
  step.output_row = to.shape[rank - 1] * to.cell();
  step.input_image = (rank == 4 ? from.shape[2] : 1) * step.input_row;
  step.output_image = (rank == 4 ? to.shape[2] : 1) * step.output_row;
  step.from = from.ref;
  step.to = to.ref;
  plan_.steps.push_back(std::move(step));
  place(node.outputs[0], to);
}

bool Lowering::lower_max_pool(const Node& node) {
  const auto& pool = std::get<op::MaxPool>(node.op);
  const Shape& shape = shape_of(node.inputs[0]);
  const bool wants_indices = node.outputs.size() > 1 && node.outputs[1] != kNoValue;
  if (!is_float(node.inputs[0]) || !is_map(shape) || wants_indices || node.outputs[0] == kNoValue) {
    return false;
  }
  const SpatialWindow w = resolve_window(pool.window, spatial_dims(shape), {}, pool.ceil_mode);
  emit_separable(node, true, taps_of_pool(w.height(), false), taps_of_pool(w.width(), false));
  return true;
}

bool Lowering::lower_average_pool(const Node& node) {
  const auto& pool = std::get<op::AveragePool>(node.op);
  const Shape& shape = shape_of(node.inputs[0]);
  // With ceil_mode a window may reach beyond the pads, and what counts then is the reference's
  // affair.
  if (!is_float(node.inputs[0]) || !is_map(shape) || pool.ceil_mode) return false;
  const SpatialWindow w = resolve_window(pool.window, spatial_dims(shape), {});
  emit_separable(node, false, taps_of_pool(w.height(), pool.count_include_pad),
                 taps_of_pool(w.width(), pool.count_include_pad));
  return true;
}

bool Lowering::lower_global_pool(const Node& node) {
  const Shape& shape = shape_of(node.inputs[0]);
  if (!is_float(node.inputs[0]) || !is_map(shape)) return false;
  emit_separable(node, std::get<op::GlobalPool>(node.op).max,
                 whole_axis(shape.rank() == 4 ? shape[2] : 1), whole_axis(shape[shape.rank() - 1]));
  return true;
}

bool Lowering::lower_resize(const Node& node) {
  const auto& resize = std::get<op::Resize>(node.op);
  const Shape& shape = shape_of(node.inputs[0]);
  if (!is_float(node.inputs[0]) || shape.rank() != 4 || shape.elements() == 0 ||
      resize.coordinates == op::ResizeCoordinates::tf_crop_and_resize) {
    return false;
  }
  ResizeRequest request;
  if (const Tensor* scales = constant_of(node, 2)) request.scales = to_doubles(scales->view());
  if (const Tensor* sizes = constant_of(node, 3)) request.sizes = to_int64(sizes->view());
  if (request.scales.empty() == request.sizes.empty()) return false;
  const std::vector<ResizeAxis> axes = plan_resize(resize, shape, request);
  if (axes[0].resized || axes[1].resized || shape_of(node.outputs[0]).elements() == 0) return false;
  emit_separable(node, false, taps_of_resize(resize, axes[2]), taps_of_resize(resize, axes[3]));
  return true;
}

bool Lowering::lower_depthwise(std::size_t n) {
  const Node& node = graph_.nodes[n];
  const auto& conv = std::get<op::Conv>(node.op);
  const Shape& shape = shape_of(node.inputs[0]);
  const Tensor* kernel = constant_of(node, 1);
  if (!is_float(node.inputs[0]) || !is_map(shape) || kernel == nullptr ||
      (has_input(node, 2) && constant_of(node, 2) == nullptr) || conv.group != shape[1] ||
      kernel->shape()[0] != shape[1] || kernel->shape()[1] != 1) {
    return false;
  }
  const auto [weights, bias, from, to, result, relu] = conv_maps(node);
  const SpatialWindow w =
      resolve_window(conv.window, spatial_dims(shape), spatial_dims(weights.shape()));
  DepthwiseStep step;
  step.args.conv.relu = relu;
  step.args.channels = shape[1];
  step.args.conv.height = w.height().input;
  step.args.conv.width = w.width().input;
  step.args.conv.input_cell = from.cell();
  step.args.conv.window = conv_window(w);
  step.args.conv.output_width = w.width().output;
  step.args.conv.output_cell = to.cell();
  step.args.conv.output_row = w.width().output * to.cell();
  step.rows = w.height().output;
  step.images = shape[0];
  step.input_image = w.inputs() * from.cell();
  step.output_image = w.outputs() * to.cell();
  step.taps = Tensor(DType::f32, {w.taps(), shape[1]});
  step.bias = Tensor(DType::f32, {shape[1]});
  for (std::int64_t c = 0; c < shape[1]; ++c) {
    for (std::int64_t tap = 0; tap < w.taps(); ++tap) {
      step.taps.as<float>()[tap * shape[1] + c] = weights.as<float>()[c * w.taps() + tap];
    }
    if (bias) step.bias.as<float>()[c] = bias.as<float>()[c];
  }
  step.from = from.ref;
  step.to = to.ref;
  plan_.steps.push_back(std::move(step));
  place(result, to);
  return true;
}

}  // namespace colonnade::cpu
