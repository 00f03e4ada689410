#include <cstring>

#include "kernels/elementwise/rules.hpp"
#include "kernels/reference_ops.hpp"
#include "kernels/resize/plan.hpp"
#include "kernels/strides.hpp"
#include "kernels/type_rules.hpp"
#include "kernels/widen.hpp"

namespace colonnade::reference {
namespace {

// Exporters write an empty tensor for an input that they leave out.
template <typename Inputs>
bool is_filled(const Inputs& in, std::size_t i) {
  return is_given(in, i) && in[i].shape.elements() > 0;
}

ResizeRequest request_of(In in) {
  ResizeRequest request;
  if (is_filled(in, 1)) request.roi = to_doubles(in[1]);
  if (is_filled(in, 2)) request.scales = to_doubles(in[2]);
  if (is_filled(in, 3)) request.sizes = to_int64(in[3]);
  return request;
}

// The inputs' values; nothing unless all that matter are known.
std::optional<std::vector<ConstTensorView>> known_values(const op::Resize& op, InferInputs in) {
  const bool crops = op.coordinates == op::ResizeCoordinates::tf_crop_and_resize;
  std::vector<ConstTensorView> views(in.size());
  for (std::size_t i = 0; i < in.size(); ++i) {
    views[i].present = false;
    if (i == 0 || !in[i].present || (i == 1 && !crops)) continue;
    if (!in[i].value) return std::nullopt;
    views[i] = *in[i].value;
  }
  return views;
}

using AxisTaps = std::vector<ResizeTaps>;

AxisTaps taps_of(const op::Resize& op, const ResizeAxis& axis) {
  AxisTaps taps;
  for (std::int64_t i = 0; i < axis.output; ++i) taps.push_back(resize_taps(op, axis, i));
  return taps;
}

// Nearest neighbours are copied, whatever their type.
void copy_nearest(const std::vector<AxisTaps>& taps, const ConstTensorView& x,
                  const TensorView& y) {
  const Strides strides = row_major_strides(x.shape);
  const std::size_t size = size_of(x.dtype);
  auto* to = y.as<std::byte>();
  for (Odometer<1> at(y.shape, {Strides{}}); !at.done(); at.next(), to += size) {
    std::int64_t from = 0;
    for (std::size_t axis = 0; axis < y.shape.rank(); ++axis) {
      const ResizeTaps& t = taps[axis][static_cast<std::size_t>(at.index(axis))];
      if (!t.inputs.empty()) from += strides[axis] * t.inputs.front();
    }
    std::memcpy(to, x.as<std::byte>() + static_cast<std::size_t>(from) * size, size);
  }
}

// Weighted sums along one axis.
std::vector<double> resize_axis(const AxisTaps& taps, const std::vector<double>& x,
                                const Shape& shape, std::size_t axis) {
  const std::int64_t outer = shape.elements(0, axis);
  const std::int64_t inner = shape.elements(axis + 1, shape.rank());
  const auto width = static_cast<std::size_t>(inner);
  std::vector<double> y(static_cast<std::size_t>(outer) * taps.size() * width);
  double* to = y.data();
  for (std::int64_t o = 0; o < outer; ++o) {
    for (const ResizeTaps& t : taps) {
      for (std::size_t k = 0; k < t.inputs.size(); ++k) {
        const double* from = x.data() + (o * shape[axis] + t.inputs[k]) * inner;
        for (std::size_t n = 0; n < width; ++n) to[n] += t.weights[k] * from[n];
      }
      to += width;
    }
  }
  return y;
}

// Overwrites what lies outside of the input along any axis.
void extrapolate(const std::vector<AxisTaps>& taps, float value, const TensorView& y) {
  std::vector<double> outside{static_cast<double>(value)};
  for (Odometer<1> at(y.shape, {row_major_strides(y.shape)}); !at.done(); at.next()) {
    for (std::size_t axis = 0; axis < y.shape.rank(); ++axis) {
      if (taps[axis][static_cast<std::size_t>(at.index(axis))].inputs.empty()) {
        store_doubles(outside, y, at.offset());
        break;
      }
    }
  }
}

}  // namespace

Types infer(const op::Resize& op, InferInputs in, std::size_t) {
  require_inputs(in, 1, 4);
  if (op.mode != op::ResizeMode::nearest) require_number(in[0]);
  if (!in[0].shape) return {type_of(in[0].dtype, std::nullopt)};
  const auto values = known_values(op, in);
  if (!values) return {type_of(in[0].dtype, unknown_dims(in[0].shape->rank()))};
  Shape shape;
  for (const ResizeAxis& axis : plan_resize(op, *in[0].shape, request_of(*values))) {
    shape.push_back(axis.output);
  }
  return {type_of(in[0].dtype, shape)};
}

void compute(const op::Resize& op, In in, Out out) {
  if (out[0].shape.elements() == 0) return;
  const std::vector<ResizeAxis> plan = plan_resize(op, in[0].shape, request_of(in));
  std::vector<AxisTaps> taps;
  for (const ResizeAxis& axis : plan) taps.push_back(taps_of(op, axis));
  if (op.mode == op::ResizeMode::nearest) {
    copy_nearest(taps, in[0], out[0]);
  } else {
    std::vector<double> x = to_doubles(in[0]);
    Shape shape = in[0].shape;
    for (std::size_t axis = 0; axis < plan.size(); ++axis) {
      if (!plan[axis].resized) continue;
      x = resize_axis(taps[axis], x, shape, axis);
      shape[axis] = plan[axis].output;
    }
    store_doubles(x, out[0]);
  }
  if (op.coordinates == op::ResizeCoordinates::tf_crop_and_resize) {
    extrapolate(taps, op.extrapolation_value, out[0]);
  }
}

}  // namespace colonnade::reference
