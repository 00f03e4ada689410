// Spatial windows of convolutions and pooling with everything resolved: one place that knows how
// pads, auto_pad, dilations and ceil_mode make an output size.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "base/shape.hpp"
#include "graph/ops.hpp"

namespace colonnade {

/// Indices from `begin` to before `end`.
struct IndexRange {
  std::int64_t begin = 0, end = 0;
};

/// One spatial axis. Tap k of window i lies at i * stride - pad_begin + k * dilation: of the input
/// for convolution and pooling (a window an output), of the output for a transposed convolution (a
/// window an input). What lies outside is padding.
struct WindowAxis {
  std::int64_t input = 1, output = 1;
  std::int64_t kernel = 1, stride = 1, dilation = 1, pad_begin = 0, pad_end = 0;

  /// From a window's first tap to its last, both included.
  std::int64_t extent() const noexcept { return (kernel - 1) * dilation + 1; }
  std::int64_t position(std::int64_t window, std::int64_t tap) const noexcept {
    return window * stride - pad_begin + tap * dilation;
  }
  /// The windows, of `windows`, whose tap lies in [0, length).
  IndexRange windows_inside(std::int64_t tap, std::int64_t windows, std::int64_t length) const;
  /// The taps of a window that lie in [0, length).
  IndexRange taps_inside(std::int64_t window, std::int64_t length) const;
};

/// One to three spatial axes, always as depth, height, width: missing leading axes have one
/// element, so that kernels are written once.
struct SpatialWindow {
  std::array<WindowAxis, 3> axes;
  std::size_t rank = 0;

  const WindowAxis& depth() const noexcept { return axes[0]; }
  const WindowAxis& height() const noexcept { return axes[1]; }
  const WindowAxis& width() const noexcept { return axes[2]; }
  /// The axes that are really there.
  std::span<const WindowAxis> spatial() const noexcept { return std::span(axes).last(rank); }

  std::int64_t inputs() const noexcept { return product(&WindowAxis::input); }
  std::int64_t outputs() const noexcept { return product(&WindowAxis::output); }
  std::int64_t taps() const noexcept { return product(&WindowAxis::kernel); }

 private:
  std::int64_t product(std::int64_t WindowAxis::*member) const noexcept {
    return axes[0].*member * (axes[1].*member) * (axes[2].*member);
  }
};

/// The dims of [N, C, ...] that a window moves along.
inline std::span<const std::int64_t> spatial_dims(const Shape& shape) {
  return {shape.begin() + 2, shape.end()};
}

/// Resolves the window of a convolution or pooling over spatial dims `input`. `kernel` has the
/// spatial dims of the weights, or is empty: then the window's own. Unknown dims (kUnknownDim) of
/// either make unknown outputs. Throws Error(mismatch | unsupported) on what can't be meant.
SpatialWindow resolve_window(const op::Window& window, std::span<const std::int64_t> input,
                             std::span<const std::int64_t> kernel, bool ceil_mode = false);

/// The same for a transposed convolution, whose windows lie in the output.
SpatialWindow resolve_transposed_window(const op::ConvTranspose& op,
                                        std::span<const std::int64_t> input,
                                        std::span<const std::int64_t> kernel);

}  // namespace colonnade
