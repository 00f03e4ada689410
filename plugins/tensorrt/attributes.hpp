// A plugin's attributes: int32 or float lists by name, as an exporter wrote them and as a plan
// keeps them.
#pragma once

#include <NvInferRuntime.h>

#include <cstdint>
#include <string>
#include <vector>

namespace colonnade::plugins {

struct Attribute {
  const char* name;
  bool is_float;
  std::size_t length;                ///< Numbers that it has to have.
  std::vector<std::uint32_t> words;  ///< Their bits; a kind's are the defaults, empty: required.
};

class Attributes {
 public:
  explicit Attributes(std::vector<Attribute> all) : all_(std::move(all)) {}

  /// From an ONNX node or a plan. False, and `problem`, where one is missing or of another form.
  bool read(const nvinfer1::PluginFieldCollection& fields, std::string& problem);
  /// From what `bytes` gave. False: truncated, or of something else.
  bool read(const void* data, std::size_t size);
  std::vector<std::uint32_t> bytes() const;

  /// Views of this object's words.
  std::vector<nvinfer1::PluginField> fields() const;

  std::int32_t integer(const char* name, std::size_t at = 0) const;
  float number(const char* name, std::size_t at = 0) const;

 private:
  const Attribute& find(const char* name) const;

  std::vector<Attribute> all_;
};

}  // namespace colonnade::plugins
