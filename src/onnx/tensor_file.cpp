#include "onnx/tensor_file.hpp"

#include <climits>

#include "onnx/tensor_reader.hpp"

namespace colonnade {

Tensor read_tensor_proto(std::span<const std::byte> bytes, const std::string& where) {
  wire::TensorProto proto;
  if (bytes.size() > INT_MAX ||
      !proto.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    throw Error(ErrorCode::format, where, "isn't an ONNX tensor");
  }
  return TensorReader({}).read(proto, where);
}

}  // namespace colonnade
