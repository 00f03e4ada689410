// What a Resize does along each axis: its size, and where each output comes from.
#pragma once

#include <cstdint>
#include <vector>

#include "kernels/reference.hpp"

namespace colonnade {

/// One axis of a resize.
struct ResizeAxis {
  std::int64_t input = 0, output = 0;
  float scale = 1;                   ///< Output elements an input element.
  float length = 0;                  ///< The output's before rounding: fractional after a scale.
  float roi_begin = 0, roi_end = 1;  ///< For tf_crop_and_resize, in parts of the input.
  bool resized = false;              ///< False: every element is itself.
};

/// Inputs of the operator, as far as they're known.
struct ResizeRequest {
  std::vector<double> roi, scales;
  std::vector<std::int64_t> sizes;
};

/// One a dim of x. Error(mismatch) says which of the request can't be meant. Unknown dims of x stay
/// unknown where they're scaled.
std::vector<ResizeAxis> plan_resize(const op::Resize& op, const Shape& x,
                                    const ResizeRequest& request);

/// Where output `i` lies among the inputs, in their units: ONNX's x_original. In float, as every
/// runtime does: 9 outputs of 3 by a scale that float can't hold land on whole numbers only so.
float original_coordinate(const op::Resize& op, const ResizeAxis& axis, std::int64_t i);

/// Weights of the inputs that make an output; none: it lies outside of a tf_crop_and_resize's input
/// and gets the extrapolation value.
struct ResizeTaps {
  std::vector<std::int64_t> inputs;
  std::vector<double> weights;
};
ResizeTaps resize_taps(const op::Resize& op, const ResizeAxis& axis, std::int64_t i);

}  // namespace colonnade
