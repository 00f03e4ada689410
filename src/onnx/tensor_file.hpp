// A TensorProto on its own, as ONNX's test data are stored.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "base/tensor.hpp"

namespace colonnade {

/// Error(unsupported) for element types that Colonnade lacks; `where` names the file.
Tensor read_tensor_proto(std::span<const std::byte> bytes, const std::string& where);

}  // namespace colonnade
