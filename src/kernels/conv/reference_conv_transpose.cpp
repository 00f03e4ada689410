#include <fmt/core.h>

#include "colonnade/error.hpp"
#include "kernels/conv/bias.hpp"
#include "kernels/elementwise/rules.hpp"
#include "kernels/reference_ops.hpp"
#include "kernels/type_rules.hpp"
#include "kernels/widen.hpp"
#include "kernels/window.hpp"

namespace colonnade::reference {
namespace {

SpatialWindow window_of(const op::ConvTranspose& op, const Shape& x, const Shape& w) {
  if (x.rank() < 3 || w.rank() != x.rank()) {
    throw Error(ErrorCode::mismatch,
                fmt::format("expected an input [N,C,...] and weights of as many dimensions, at "
                            "least 3, found {} and {}",
                            x.to_string(), w.to_string()));
  }
  if (x[1] >= 0 && w[0] >= 0 && x[1] != w[0]) {
    throw Error(ErrorCode::mismatch, fmt::format("input {} has {} channels, weights {} expect {}",
                                                 x.to_string(), x[1], w.to_string(), w[0]));
  }
  if (op.group < 1 || (w[0] >= 0 && w[0] % op.group != 0)) {
    throw Error(ErrorCode::mismatch,
                fmt::format("{} input channels can't be split into {} groups", w[0], op.group));
  }
  return resolve_transposed_window(op, spatial_dims(x), spatial_dims(w));
}

std::int64_t out_channels(const op::ConvTranspose& op, const Shape& w) {
  std::int64_t channels = 0;
  if (w[1] == kUnknownDim) return kUnknownDim;
  if (__builtin_mul_overflow(w[1], op.group, &channels)) {
    throw Error(ErrorCode::limit,
                fmt::format("{} groups of {} channels are too many", op.group, w[1]));
  }
  return channels;
}

// Adds one input plane, spread by one kernel, to an output plane.
void spread(const SpatialWindow& window, const double* x, const double* w, double* y) {
  const auto& [depth, height, width] = window.axes;
  for (std::int64_t kd = 0; kd < depth.kernel; ++kd) {
    const IndexRange ds = depth.windows_inside(kd, depth.input, depth.output);
    for (std::int64_t kh = 0; kh < height.kernel; ++kh) {
      const IndexRange hs = height.windows_inside(kh, height.input, height.output);
      for (std::int64_t kw = 0; kw < width.kernel; ++kw) {
        const IndexRange ws = width.windows_inside(kw, width.input, width.output);
        const double weight = w[(kd * height.kernel + kh) * width.kernel + kw];
        for (std::int64_t d = ds.begin; d < ds.end; ++d) {
          for (std::int64_t h = hs.begin; h < hs.end; ++h) {
            const double* from = x + (d * height.input + h) * width.input;
            double* to =
                y + (depth.position(d, kd) * height.output + height.position(h, kh)) * width.output;
            for (std::int64_t i = ws.begin; i < ws.end; ++i) {
              to[width.position(i, kw)] += weight * from[i];
            }
          }
        }
      }
    }
  }
}

}  // namespace

Types infer(const op::ConvTranspose& op, InferInputs in, std::size_t) {
  require_inputs(in, 2, 3);
  require_same_type(in, 0, 1);
  require_floating(in[0]);
  if (!in[0].shape || !in[1].shape) return {type_of(in[0].dtype, std::nullopt)};
  const Shape& x = *in[0].shape;
  const Shape& w = *in[1].shape;
  const SpatialWindow window = window_of(op, x, w);
  const std::int64_t channels = out_channels(op, w);
  require_bias(in, channels);
  Shape shape{x[0], channels};
  for (const WindowAxis& axis : window.spatial()) shape.push_back(axis.output);
  return {type_of(in[0].dtype, shape)};
}

void compute(const op::ConvTranspose& op, In in, Out out) {
  const SpatialWindow window = window_of(op, in[0].shape, in[1].shape);
  const std::vector<double> x = to_doubles(in[0]);
  const std::vector<double> w = to_doubles(in[1]);
  const std::vector<double> bias = bias_of(in);
  const std::int64_t channels_in = in[0].shape[1] / op.group;
  const std::int64_t channels_out = in[1].shape[1];
  std::vector<double> plane(static_cast<std::size_t>(window.outputs()));
  std::int64_t first = 0;
  for (std::int64_t n = 0; n < in[0].shape[0]; ++n) {
    for (std::int64_t m = 0; m < channels_out * op.group; ++m) {
      const std::int64_t group = m / channels_out;
      plane.assign(plane.size(), bias.empty() ? 0 : bias[static_cast<std::size_t>(m)]);
      for (std::int64_t c = group * channels_in; c < (group + 1) * channels_in; ++c) {
        spread(window, x.data() + (n * in[0].shape[1] + c) * window.inputs(),
               w.data() + (c * channels_out + m % channels_out) * window.taps(), plane.data());
      }
      store_doubles(plane, out[0], first);
      first += window.outputs();
    }
  }
}

}  // namespace colonnade::reference
