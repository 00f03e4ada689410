#include "onnx/tensor_writer.hpp"

namespace colonnade {

wire::TensorProto::DataType onnx_type_of(DType type) noexcept {
  switch (type) {
    case DType::f32: return wire::TensorProto::FLOAT;
    case DType::f64: return wire::TensorProto::DOUBLE;
    case DType::f16: return wire::TensorProto::FLOAT16;
    case DType::bf16: return wire::TensorProto::BFLOAT16;
    case DType::i8: return wire::TensorProto::INT8;
    case DType::u8: return wire::TensorProto::UINT8;
    case DType::i16: return wire::TensorProto::INT16;
    case DType::u16: return wire::TensorProto::UINT16;
    case DType::i32: return wire::TensorProto::INT32;
    case DType::u32: return wire::TensorProto::UINT32;
    case DType::i64: return wire::TensorProto::INT64;
    case DType::u64: return wire::TensorProto::UINT64;
    case DType::boolean: return wire::TensorProto::BOOL;
  }
  return wire::TensorProto::UNDEFINED;
}

void write_tensor(const Tensor& tensor, wire::TensorProto& to) {
  for (const std::int64_t dim : tensor.shape()) to.add_dims(dim);
  to.set_data_type(onnx_type_of(tensor.dtype()));
  to.set_raw_data(tensor.data(), tensor.bytes());
}

}  // namespace colonnade
