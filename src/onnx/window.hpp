// The attributes that convolutions and pooling share.
#pragma once

#include "onnx/node_context.hpp"

namespace colonnade {

/// kernel_shape, strides, pads, dilations, auto_pad. Error(format) unless they fit each other:
/// positive steps, two pads a spatial dimension.
op::Window read_window(const NodeContext& node);

/// `group`, positive.
std::int64_t read_group(const NodeContext& node);

}  // namespace colonnade
