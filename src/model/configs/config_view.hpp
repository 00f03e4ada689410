// A way into another project's config: required keys are demanded with file, line and path, others
// are left alone.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/yaml_tree.hpp"

namespace colonnade {

class ConfigView {
 public:
  ConfigView(const YamlNode& node, std::string file) : node_(&node), file_(std::move(file)) {}

  bool has(std::string_view key) const { return node_->find(key) != nullptr; }
  /// Error(format) where the key is missing.
  ConfigView at(std::string_view key) const;
  std::optional<ConfigView> find(std::string_view key) const;
  /// Every entry of that key: protobuf text repeats fields. Lists are given item by item.
  std::vector<ConfigView> all(std::string_view key) const;
  std::vector<ConfigView> items() const;  ///< Of a list.

  double number() const;
  float real() const { return static_cast<float>(number()); }
  std::int64_t integer() const;
  bool boolean() const;  ///< true, True, yes, ... as Python's YAML takes them.
  std::string text() const;
  std::vector<float> reals() const;
  std::vector<float> reals(std::size_t count) const;

  const YamlNode& node() const { return *node_; }
  const std::string& path() const { return path_; }
  /// "found X, expected Y".
  [[noreturn]] void refuse(const std::string& expected) const;
  [[noreturn]] void unsupported(const std::string& expected) const;

 private:
  ConfigView child(const YamlNode& node, std::string path) const;
  std::string where() const;

  const YamlNode* node_;
  std::string file_;
  std::string path_;
};

}  // namespace colonnade
