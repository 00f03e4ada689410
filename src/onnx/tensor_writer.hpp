// Tensor -> TensorProto.
#pragma once

#include "base/tensor.hpp"
#include "onnx/wire.hpp"

namespace colonnade {

/// TensorProto.DataType of an element type.
wire::TensorProto::DataType onnx_type_of(DType type) noexcept;

/// Elements as raw bytes; the name is the caller's to set.
void write_tensor(const Tensor& tensor, wire::TensorProto& to);

}  // namespace colonnade
