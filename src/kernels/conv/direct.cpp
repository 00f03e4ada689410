#include "kernels/conv/direct.hpp"

#include <fmt/core.h>

#include "colonnade/error.hpp"

namespace colonnade {
namespace {

// row[o] += weight * x[o * stride + offset] for the outputs in `range`. Stride 1 apart: only a
// stride known to the compiler vectorizes, and it's the stride of nearly all of a network's work.
void add_tap(double weight, const double* x, std::int64_t stride, std::int64_t offset,
             IndexRange range, double* row) {
  if (stride == 1) {
    for (std::int64_t o = range.begin; o < range.end; ++o) row[o] += weight * x[o + offset];
  } else {
    for (std::int64_t o = range.begin; o < range.end; ++o) {
      row[o] += weight * x[o * stride + offset];
    }
  }
}

}  // namespace

Shape ConvProblem::output_shape() const {
  Shape shape{batch, out_channels};
  for (const WindowAxis& axis : window.spatial()) shape.push_back(axis.output);
  return shape;
}

ConvProblem conv_problem(const op::Window& window, std::int64_t group, const Shape& x,
                         const Shape& w) {
  if (x.rank() < 3 || w.rank() != x.rank()) {
    throw Error(ErrorCode::mismatch,
                fmt::format("expected an input [N,C,...] and weights of as many dimensions, at "
                            "least 3, found {} and {}",
                            x.to_string(), w.to_string()));
  }
  if (group < 1 || (w[0] >= 0 && w[0] % group != 0)) {
    throw Error(ErrorCode::mismatch,
                fmt::format("{} output channels can't be split into {} groups", w[0], group));
  }
  // x[1] / group rather than w[1] * group, which could overflow.
  if (x[1] >= 0 && w[1] >= 0 && (x[1] % group != 0 || x[1] / group != w[1])) {
    throw Error(ErrorCode::mismatch,
                fmt::format("input {} has {} channels, weights {} in {} groups expect {} each",
                            x.to_string(), x[1], w.to_string(), group, w[1]));
  }
  return {
      x[0], x[1], w[0], group,
      resolve_window(window, std::span(x.begin() + 2, x.end()), std::span(w.begin() + 2, w.end()))};
}

void add_conv_row(const ConvProblem& problem, std::span<const double> x, std::span<const double> w,
                  const ConvRow& at, std::span<const IndexRange> inside, std::span<double> row) {
  const auto& [depth, height, width] = problem.window.axes;
  const std::int64_t channels = problem.in_channels / problem.group;
  const std::int64_t group = at.channel / (problem.out_channels / problem.group);
  const IndexRange depth_taps = depth.taps_inside(at.depth, depth.input);
  const IndexRange height_taps = height.taps_inside(at.height, height.input);
  for (std::int64_t c = 0; c < channels; ++c) {
    const double* plane = x.data() + (at.image * problem.in_channels + group * channels + c) *
                                         problem.window.inputs();
    const double* kernel = w.data() + (at.channel * channels + c) * problem.window.taps();
    for (std::int64_t kd = depth_taps.begin; kd < depth_taps.end; ++kd) {
      for (std::int64_t kh = height_taps.begin; kh < height_taps.end; ++kh) {
        const std::int64_t line =
            depth.position(at.depth, kd) * height.input + height.position(at.height, kh);
        const double* weights = kernel + (kd * height.kernel + kh) * width.kernel;
        for (std::int64_t kw = 0; kw < width.kernel; ++kw) {
          add_tap(weights[kw], plane + line * width.input, width.stride, width.position(0, kw),
                  inside[static_cast<std::size_t>(kw)], row.data());
        }
      }
    }
  }
}

}  // namespace colonnade
