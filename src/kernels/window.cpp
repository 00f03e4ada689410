#include "kernels/window.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "colonnade/error.hpp"

namespace colonnade {
namespace {

// With attributes below 2^30 and dims up to 2^32, no sum or product here leaves 64 bits.
constexpr std::int64_t kMaxAttribute = std::int64_t{1} << 30;
constexpr std::int64_t kMaxDim = std::int64_t{1} << 32;
constexpr std::size_t kMaxSpatialRank = 3;

[[noreturn]] void mismatch(const std::string& message) {
  throw Error(ErrorCode::mismatch, message);
}

std::int64_t ceil_div(std::int64_t a, std::int64_t b) {
  return a / b + (a % b > 0 ? 1 : 0);
}

std::int64_t floor_div(std::int64_t a, std::int64_t b) {
  return a / b - (a % b < 0 ? 1 : 0);
}

// `name`[i], or `fallback` where the exporter left the attribute out.
std::int64_t attribute(std::span<const std::int64_t> values, std::size_t i, std::size_t count,
                       const char* name, std::int64_t fallback) {
  if (values.empty()) return fallback;
  if (values.size() != count) {
    mismatch(fmt::format("attribute '{}' has {} values, expected {}", name, values.size(), count));
  }
  // Fallbacks are the least value that makes sense: 0 for pads, 1 for the rest.
  if (values[i] < fallback || values[i] >= kMaxAttribute) {
    mismatch(fmt::format("attribute '{}' holds {}, expected {} to {}", name, values[i], fallback,
                         kMaxAttribute - 1));
  }
  return values[i];
}

std::int64_t kernel_size(const op::Window& window, std::span<const std::int64_t> weights,
                         std::size_t i, std::size_t rank) {
  if (weights.empty()) return attribute(window.kernel, i, rank, "kernel_shape", 1);
  const std::int64_t size = weights[i];
  if (size == kUnknownDim && !window.kernel.empty()) {
    return attribute(window.kernel, i, rank, "kernel_shape", 1);
  }
  if (size == 0 || size >= kMaxAttribute) {
    mismatch(fmt::format("a kernel of size {} can't be applied", size));
  }
  if (!window.kernel.empty() && attribute(window.kernel, i, rank, "kernel_shape", 1) != size) {
    mismatch(fmt::format("kernel_shape holds {} where the weights' shape has {}", window.kernel[i],
                         size));
  }
  return size;
}

// All but the output size and what auto_pad derives from it.
SpatialWindow read_attributes(const op::Window& window, std::span<const std::int64_t> input,
                              std::span<const std::int64_t> kernel) {
  const std::size_t rank = input.size();
  if (rank == 0 || rank > kMaxSpatialRank) {
    throw Error(ErrorCode::unsupported, fmt::format("expected 1 to {} spatial dimensions, found {}",
                                                    kMaxSpatialRank, rank));
  }
  if (!kernel.empty() && kernel.size() != rank) {
    mismatch(fmt::format("the weights have {} spatial dimensions, the input has {}", kernel.size(),
                         rank));
  }
  SpatialWindow result;
  result.rank = rank;
  for (std::size_t i = 0; i < rank; ++i) {
    WindowAxis& axis = result.axes[kMaxSpatialRank - rank + i];
    if (input[i] > kMaxDim) {
      throw Error(ErrorCode::limit,
                  fmt::format("a spatial dimension has {} elements, at most {} are supported",
                              input[i], kMaxDim));
    }
    axis.input = input[i];
    axis.kernel = kernel_size(window, kernel, i, rank);
    axis.stride = attribute(window.strides, i, rank, "strides", 1);
    axis.dilation = attribute(window.dilations, i, rank, "dilations", 1);
    if (window.auto_pad == op::AutoPad::not_set) {
      axis.pad_begin = attribute(window.pads, i, 2 * rank, "pads", 0);
      axis.pad_end = attribute(window.pads, rank + i, 2 * rank, "pads", 0);
    }
  }
  return result;
}

bool is_same(op::AutoPad pad) {
  return pad == op::AutoPad::same_upper || pad == op::AutoPad::same_lower;
}

void set_same_pads(WindowAxis& axis, bool upper) {
  const std::int64_t total =
      std::max<std::int64_t>(0, (axis.output - 1) * axis.stride + axis.extent() - axis.input);
  axis.pad_begin = upper ? total / 2 : total - total / 2;
  axis.pad_end = total - axis.pad_begin;
}

void set_output(WindowAxis& axis, bool ceil_mode) {
  const std::int64_t space = axis.input + axis.pad_begin + axis.pad_end - axis.extent();
  if (space < 0) {
    // A frame without a single pillar gives empty tensors; they stay empty.
    if (axis.input != 0) {
      mismatch(fmt::format("a window over {} elements doesn't fit in {} elements padded by {} + {}",
                           axis.extent(), axis.input, axis.pad_begin, axis.pad_end));
    }
    axis.output = 0;
    return;
  }
  axis.output = (ceil_mode ? ceil_div(space, axis.stride) : space / axis.stride) + 1;
  // PyTorch and ONNX >= 19: a window that would start in the padding at the end is left out.
  if (ceil_mode && (axis.output - 1) * axis.stride >= axis.input + axis.pad_begin) --axis.output;
}

}  // namespace

IndexRange WindowAxis::windows_inside(std::int64_t tap, std::int64_t windows,
                                      std::int64_t length) const {
  const std::int64_t first = pad_begin - tap * dilation;  // window * stride must reach it.
  const std::int64_t begin = std::clamp<std::int64_t>(ceil_div(first, stride), 0, windows);
  const std::int64_t end = floor_div(first + length - 1, stride) + 1;
  return {begin, std::clamp(end, begin, windows)};
}

IndexRange WindowAxis::taps_inside(std::int64_t window, std::int64_t length) const {
  const std::int64_t first = pad_begin - window * stride;  // tap * dilation must reach it.
  const std::int64_t begin = std::clamp<std::int64_t>(ceil_div(first, dilation), 0, kernel);
  const std::int64_t end = floor_div(first + length - 1, dilation) + 1;
  return {begin, std::clamp(end, begin, kernel)};
}

SpatialWindow resolve_window(const op::Window& window, std::span<const std::int64_t> input,
                             std::span<const std::int64_t> kernel, bool ceil_mode) {
  SpatialWindow result = read_attributes(window, input, kernel);
  for (WindowAxis& axis : std::span(result.axes).last(result.rank)) {
    if (axis.input == kUnknownDim) {
      axis.output = kUnknownDim;
    } else if (is_same(window.auto_pad)) {
      axis.output = ceil_div(axis.input, axis.stride);
      if (axis.kernel != kUnknownDim) {
        set_same_pads(axis, window.auto_pad == op::AutoPad::same_upper);
      }
    } else if (axis.kernel == kUnknownDim) {
      axis.output = kUnknownDim;
    } else {
      set_output(axis, ceil_mode);
    }
  }
  return result;
}

SpatialWindow resolve_transposed_window(const op::ConvTranspose& op,
                                        std::span<const std::int64_t> input,
                                        std::span<const std::int64_t> kernel) {
  SpatialWindow result = read_attributes(op.window, input, kernel);
  const std::size_t rank = result.rank;
  const bool same = is_same(op.window.auto_pad);
  for (std::size_t i = 0; i < rank; ++i) {
    WindowAxis& axis = result.axes[kMaxSpatialRank - rank + i];
    const std::int64_t extra = attribute(op.output_padding, i, rank, "output_padding", 0);
    std::int64_t wanted = attribute(op.output_shape, i, rank, "output_shape", 0);
    if (op.output_shape.empty()) wanted = kUnknownDim;
    if (axis.input == kUnknownDim || axis.kernel == kUnknownDim) {
      axis.output = wanted;
      continue;
    }
    if (axis.input == 0) {
      axis.output = 0;
      continue;
    }
    const std::int64_t full = axis.stride * (axis.input - 1) + extra + axis.extent();
    if (wanted == kUnknownDim && same) wanted = axis.input * axis.stride;
    if (wanted == kUnknownDim) {
      axis.output = full - axis.pad_begin - axis.pad_end;
      if (axis.output < 0) {
        mismatch(fmt::format("pads {} + {} exceed the {} elements that they are cut from",
                             axis.pad_begin, axis.pad_end, full));
      }
    } else {
      // The pads follow from the size; a size beyond the reach of every tap gets zeros at the end.
      const std::int64_t total = std::max<std::int64_t>(0, full - wanted);
      const bool upper = op.window.auto_pad == op::AutoPad::same_upper;
      axis.output = wanted;
      axis.pad_begin = upper ? total / 2 : total - total / 2;
      axis.pad_end = total - axis.pad_begin;
    }
  }
  return result;
}

}  // namespace colonnade
