// Builds an ONNX file node by node.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "onnx/wire.hpp"

namespace colonnade::sample {

using Dims = std::vector<std::int64_t>;

struct Attribute {
  std::string name;
  Dims values;
  bool list = true;  ///< INTS, not INT.
};

/// Values are known by their names.
class OnnxWriter {
 public:
  explicit OnnxWriter(std::int64_t opset);

  void input(const std::string& name, wire::TensorProto::DataType type, const Dims& dims);
  void output(const std::string& name, const Dims& dims);
  std::string weights(const std::string& name, const Dims& dims, const std::vector<float>& values);
  std::string shape(const std::string& name, const Dims& values);
  /// Answers `output`, which is also the node's name.
  std::string node(const std::string& op, const std::vector<std::string>& inputs,
                   const std::string& output, const std::vector<Attribute>& attributes = {});

  void write(const std::string& path) const;

 private:
  wire::ModelProto model_;
};

}  // namespace colonnade::sample
