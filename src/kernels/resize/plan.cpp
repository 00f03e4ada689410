#include "kernels/resize/plan.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "colonnade/error.hpp"
#include "kernels/type_rules.hpp"

namespace colonnade {
namespace {

constexpr std::int64_t kMaxSize = std::int64_t{1} << 31;

std::vector<std::size_t> axes_of(const op::Resize& op, std::size_t rank) {
  if (!op.axes.empty()) return normalize_axes(op.axes, rank);
  std::vector<std::size_t> all(rank);
  for (std::size_t i = 0; i < rank; ++i) all[i] = i;
  return all;
}

void require_count(const char* what, std::size_t found, std::size_t expected) {
  if (found != expected) {
    throw Error(ErrorCode::mismatch,
                fmt::format("expected {} {}, found {}", expected, what, found));
  }
}

std::int64_t checked_size(double size) {
  if (!(size >= 0 && size < static_cast<double>(kMaxSize))) {
    throw Error(ErrorCode::mismatch, fmt::format("a dimension can't be resized to {}", size));
  }
  return static_cast<std::int64_t>(size);
}

void apply_scale(ResizeAxis& axis, double scale) {
  if (!(scale > 0) || std::isinf(scale)) {
    throw Error(ErrorCode::mismatch, fmt::format("expected a positive scale, found {}", scale));
  }
  axis.scale = static_cast<float>(scale);
  axis.length = static_cast<float>(axis.input) * axis.scale;
  axis.output = axis.input == kUnknownDim ? kUnknownDim : checked_size(std::floor(axis.length));
}

float ratio(std::int64_t output, std::int64_t input) {
  return input > 0 ? static_cast<float>(output) / static_cast<float>(input) : 1.0f;
}

void apply_sizes(const op::Resize& op, const std::vector<std::int64_t>& sizes,
                 const std::vector<std::size_t>& axes, std::vector<ResizeAxis>& plan) {
  for (std::size_t i = 0; i < axes.size(); ++i) {
    ResizeAxis& axis = plan[axes[i]];
    axis.output = checked_size(static_cast<double>(sizes[i]));
    axis.scale = ratio(axis.output, axis.input);
    axis.length = static_cast<float>(axis.output);
  }
  if (op.aspect == op::AspectPolicy::stretch || axes.empty()) return;
  const bool unknown = std::any_of(
      axes.begin(), axes.end(), [&](std::size_t axis) { return plan[axis].input == kUnknownDim; });
  float scale = plan[axes.front()].scale;
  for (const std::size_t axis : axes) {
    scale = op.aspect == op::AspectPolicy::not_larger ? std::min(scale, plan[axis].scale)
                                                      : std::max(scale, plan[axis].scale);
  }
  for (const std::size_t i : axes) {
    ResizeAxis& axis = plan[i];
    axis.scale = scale;
    axis.output = unknown ? kUnknownDim
                          : checked_size(std::floor(static_cast<float>(axis.input) * scale + 0.5f));
  }
}

// Cubic convolution by R. Keys; 1 within 1, the second piece within 2.
double cubic_weight(double distance, double a) {
  const double x = std::fabs(distance);
  if (x <= 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  if (x < 2) return ((a * x - 5 * a) * x + 8 * a) * x - 4 * a;
  return 0;
}

double linear_weight(double distance) {
  return std::max(0.0, 1 - std::fabs(distance));
}

std::int64_t nearest_input(op::NearestMode mode, float x) {
  switch (mode) {
    case op::NearestMode::round_prefer_floor: return static_cast<std::int64_t>(std::ceil(x - 0.5f));
    case op::NearestMode::round_prefer_ceil: return static_cast<std::int64_t>(std::floor(x + 0.5f));
    case op::NearestMode::floor: return static_cast<std::int64_t>(std::floor(x));
    case op::NearestMode::ceil: return static_cast<std::int64_t>(std::ceil(x));
  }
  return 0;
}

}  // namespace

std::vector<ResizeAxis> plan_resize(const op::Resize& op, const Shape& x,
                                    const ResizeRequest& request) {
  const std::vector<std::size_t> axes = axes_of(op, x.rank());
  std::vector<ResizeAxis> plan(x.rank());
  for (std::size_t i = 0; i < x.rank(); ++i) plan[i].input = plan[i].output = x[i];
  if (request.scales.empty() == request.sizes.empty()) {
    throw Error(ErrorCode::mismatch, "expected either scales or sizes");
  }
  if (!request.sizes.empty()) {
    require_count("sizes", request.sizes.size(), axes.size());
    apply_sizes(op, request.sizes, axes, plan);
  } else {
    require_count("scales", request.scales.size(), axes.size());
    for (std::size_t i = 0; i < axes.size(); ++i) apply_scale(plan[axes[i]], request.scales[i]);
  }
  const bool crops = op.coordinates == op::ResizeCoordinates::tf_crop_and_resize;
  if (crops) {
    require_count("values of roi", request.roi.size(), 2 * axes.size());
    for (std::size_t i = 0; i < axes.size(); ++i) {
      plan[axes[i]].roi_begin = static_cast<float>(request.roi[i]);
      plan[axes[i]].roi_end = static_cast<float>(request.roi[axes.size() + i]);
    }
  }
  for (ResizeAxis& axis : plan) {
    axis.resized = crops || axis.output != axis.input || axis.scale != 1;
    if (axis.input == 0 && axis.output > 0) {
      throw Error(ErrorCode::mismatch,
                  fmt::format("an empty dimension can't be resized to {}", axis.output));
    }
  }
  return plan;
}

float original_coordinate(const op::Resize& op, const ResizeAxis& axis, std::int64_t i) {
  const auto x = static_cast<float>(i);
  const auto input = static_cast<float>(axis.input), output = static_cast<float>(axis.output);
  switch (op.coordinates) {
    case op::ResizeCoordinates::half_pixel: return (x + 0.5f) / axis.scale - 0.5f;
    case op::ResizeCoordinates::half_pixel_symmetric: {
      const float offset = input / 2 * (1 - output / axis.length);
      return offset + (x + 0.5f) / axis.scale - 0.5f;
    }
    case op::ResizeCoordinates::pytorch_half_pixel:
      return axis.output > 1 ? (x + 0.5f) / axis.scale - 0.5f : 0;
    case op::ResizeCoordinates::align_corners:
      // ONNX's test cases take the fractional length here; onnxruntime takes the rounded one.
      return axis.output > 1 ? x * (input - 1) / (axis.length - 1) : 0;
    case op::ResizeCoordinates::asymmetric: return x / axis.scale;
    case op::ResizeCoordinates::tf_crop_and_resize: {
      const float begin = axis.roi_begin, end = axis.roi_end;
      return axis.output > 1 ? begin * (input - 1) + x * (end - begin) * (input - 1) / (output - 1)
                             : 0.5f * (begin + end) * (input - 1);
    }
  }
  return 0;
}

ResizeTaps resize_taps(const op::Resize& op, const ResizeAxis& axis, std::int64_t i) {
  if (!axis.resized) return {{i}, {1.0}};
  const float x = original_coordinate(op, axis, i);
  const std::int64_t last = axis.input - 1;
  if (op.coordinates == op::ResizeCoordinates::tf_crop_and_resize &&
      !(x >= 0 && x <= static_cast<float>(last))) {
    return {};
  }
  if (op.mode == op::ResizeMode::nearest) {
    return {{std::clamp<std::int64_t>(nearest_input(op.nearest, x), 0, last)}, {1.0}};
  }
  // Antialiasing stretches the kernel over all inputs that an output covers.
  const double shrink = op.antialias ? std::min(1.0, static_cast<double>(axis.scale)) : 1.0;
  const bool cubic = op.mode == op::ResizeMode::cubic;
  const double reach = (cubic ? 2 : 1) / shrink;
  ResizeTaps taps;
  double sum = 0;
  for (auto k = static_cast<std::int64_t>(std::ceil(x - reach)); k <= std::floor(x + reach); ++k) {
    if (op.exclude_outside && (k < 0 || k > last)) continue;
    const double distance = (static_cast<double>(k) - x) * shrink;
    const double weight =
        cubic ? cubic_weight(distance, op.cubic_coefficient) : linear_weight(distance);
    if (weight == 0) continue;
    taps.inputs.push_back(std::clamp<std::int64_t>(k, 0, last));
    taps.weights.push_back(weight);
    sum += weight;
  }
  for (double& weight : taps.weights) weight /= sum;
  return taps;
}

}  // namespace colonnade
