// Direct convolution in double, shared by Conv and QLinearConv.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "kernels/window.hpp"

namespace colonnade {

/// A convolution of x [batch, in_channels, *] with w [out_channels, in_channels / group, *].
/// Sizes may be kUnknownDim while types are inferred.
struct ConvProblem {
  std::int64_t batch = 0, in_channels = 0, out_channels = 0, group = 1;
  SpatialWindow window;

  Shape output_shape() const;
};

/// Error(mismatch) when the shapes don't fit each other.
ConvProblem conv_problem(const op::Window& window, std::int64_t group, const Shape& x,
                         const Shape& w);

/// Where a row (all positions along the width) of the output lies.
struct ConvRow {
  std::int64_t image = 0, channel = 0, depth = 0, height = 0;
};

/// Adds the convolution's row to `row`. `inside` holds, for each tap along the width, the outputs
/// for which it reads the input and not padding.
void add_conv_row(const ConvProblem& problem, std::span<const double> x, std::span<const double> w,
                  const ConvRow& at, std::span<const IndexRange> inside, std::span<double> row);

/// Calls store(first, channel, row) for every row of the output, `first` being its first element's
/// offset. `bias`: one a channel, or empty.
template <typename Store>
void convolve(const ConvProblem& problem, std::span<const double> x, std::span<const double> w,
              std::span<const double> bias, Store&& store) {
  const auto& [depth, height, width] = problem.window.axes;
  std::vector<IndexRange> inside;
  for (std::int64_t k = 0; k < width.kernel; ++k) {
    inside.push_back(width.windows_inside(k, width.output, width.input));
  }
  std::vector<double> row(static_cast<std::size_t>(width.output));
  std::int64_t first = 0;
  for (std::int64_t n = 0; n < problem.batch; ++n) {
    for (std::int64_t m = 0; m < problem.out_channels; ++m) {
      for (std::int64_t d = 0; d < depth.output; ++d) {
        for (std::int64_t h = 0; h < height.output; ++h) {
          row.assign(row.size(), bias.empty() ? 0 : bias[static_cast<std::size_t>(m)]);
          add_conv_row(problem, x, w, {n, m, d, h}, inside, row);
          store(first, m, std::span<const double>(row));
          first += width.output;
        }
      }
    }
  }
}

}  // namespace colonnade
