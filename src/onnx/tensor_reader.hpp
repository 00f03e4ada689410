// TensorProto -> Tensor, with data in the message or in a file beside the model.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/file.hpp"
#include "base/tensor.hpp"
#include "onnx/wire.hpp"

namespace colonnade {

/// The element type of TensorProto.DataType `type`; nothing for those that Colonnade lacks.
std::optional<DType> dtype_from_onnx(std::int64_t type) noexcept;
/// "float8e4m3fn", "string": for messages about types that Colonnade lacks.
std::string onnx_type_name(std::int64_t type);

class TensorReader {
 public:
  /// `directory`: where external data may lie; empty: nowhere.
  explicit TensorReader(std::string directory) : directory_(std::move(directory)) {}

  /// `where` names the tensor in messages. What's allocated is bounded by the data that is there.
  Tensor read(const wire::TensorProto& proto, const std::string& where);

  /// Files that tensors were read from, relative to the directory.
  std::vector<std::string> files() const;

 private:
  Tensor read_new(const wire::TensorProto& proto, const std::string& where);
  Tensor read_external(const wire::TensorProto& proto, DType dtype, const Shape& shape,
                       const std::string& where);
  const WholeFile& open(const std::string& location, const std::string& where);

  std::string directory_;
  std::map<std::string, std::shared_ptr<const WholeFile>> files_;
  // A function's constants are shared by all its calls.
  std::map<const wire::TensorProto*, Tensor> tensors_;
};

}  // namespace colonnade
