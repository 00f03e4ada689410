// A YAML tree becomes a described struct. Strict: unknown, missing, mistyped and out-of-range keys
// are errors that name line, key, found and expected.
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "colonnade/error.hpp"
#include "model/expectation.hpp"
#include "model/keys.hpp"
#include "model/scalars.hpp"
#include "model/yaml_tree.hpp"

namespace colonnade {

class SpecReader {
 public:
  /// `file` stands before the line in messages.
  explicit SpecReader(std::string file) : file_(std::move(file)) {}

  template <typename T>
  void read(const YamlNode& node, T& value, const std::string& path, const Bounds& bounds = {}) {
    lines_[path] = node.line;
    if constexpr (List<T>) {
      read_list(node, value, path, bounds);
    } else if constexpr (Number<T>) {
      if (node.kind != YamlNode::Kind::scalar || node.quoted || !parse_number(node.scalar, value) ||
          !within(static_cast<double>(value), bounds)) {
        refuse(node, path, expectation<T>(bounds));
      }
    } else if constexpr (std::same_as<T, bool>) {
      if (node.kind != YamlNode::Kind::scalar || node.quoted || !parse_bool(node.scalar, value)) {
        refuse(node, path, expectation<T>(bounds));
      }
    } else if constexpr (std::same_as<T, std::string>) {
      if (node.kind != YamlNode::Kind::scalar || node.scalar.empty()) {
        refuse(node, path, expectation<T>(bounds));
      }
      value = node.scalar;
    } else if constexpr (std::same_as<T, TensorRef>) {
      if (node.kind != YamlNode::Kind::scalar || !parse_tensor(node, value)) {
        refuse(node, path, expectation<T>(bounds));
      }
    } else if constexpr (Enum<T>) {
      if (node.kind != YamlNode::Kind::scalar || !parse_enum(node.scalar, value)) {
        refuse(node, path, expectation<T>(bounds));
      }
    } else {
      read_struct(node, value, path);
    }
  }

  /// The line of a key that was read ("post.nms.iou", "heads[0].labels[1]"), or of the nearest
  /// enclosing one.
  std::string where(std::string path) const;

 private:
  /// Visits one struct's description; the mapping's keys are known to be the struct's.
  struct Fields {
    SpecReader& reader;
    const YamlNode& map;
    const std::string& path;

    template <typename T>
    void field(std::string_view key, T& member, std::string_view, const Bounds& bounds = {}) {
      const YamlNode* node = map.find(key);
      if (node == nullptr) {
        reader.fail(map.line, join(path, key),
                    "the key is missing, expected " + expectation<T>(bounds));
      }
      reader.read(*node, member, join(path, key), bounds);
    }
    template <typename T>
    void optional(std::string_view key, T& member, std::string_view, const Bounds& bounds = {}) {
      if (const YamlNode* node = map.find(key)) {
        reader.read(*node, member, join(path, key), bounds);
      }
    }
    template <typename T>
    void optional(std::string_view key, std::optional<T>& member, std::string_view help,
                  const Bounds& bounds = {}) {
      if (map.find(key) == nullptr) return;
      member = T{};  // Not emplace(): clang takes a nested struct for not yet complete.
      field(key, *member, help, bounds);
    }
  };

  static std::string join(const std::string& path, std::string_view key) {
    return path.empty() ? std::string(key) : path + '.' + std::string(key);
  }
  [[noreturn]] void fail(int line, const std::string& path, const std::string& message) const;
  [[noreturn]] void refuse(const YamlNode& node, const std::string& path,
                           const std::string& expected) const {
    fail(node.line, path, "found " + node.describe() + ", expected " + expected);
  }

  template <typename T>
  static bool parse_enum(std::string_view text, T& value) {
    for (const auto& entry : EnumNames<T>::values) {
      if (entry.first != text) continue;
      value = entry.second;
      return true;
    }
    return false;
  }

  template <typename T>
  void read_list(const YamlNode& node, T& value, const std::string& path, const Bounds& bounds) {
    const std::size_t size = node.items.size();
    if (node.kind != YamlNode::Kind::sequence || size < bounds.entries ||
        (ListOf<T>::size > 0 && size != ListOf<T>::size)) {
      refuse(node, path, expectation<T>(bounds));
    }
    if constexpr (ListOf<T>::size == 0) value.assign(size, {});
    for (std::size_t i = 0; i < size; ++i) {
      read(node.items[i], value[i], path + '[' + std::to_string(i) + ']', bounds);
    }
  }

  template <typename T>
  void read_struct(const YamlNode& node, T& value, const std::string& path) {
    if (node.kind != YamlNode::Kind::map) refuse(node, path, expectation<T>({}));
    const std::vector<std::string_view> keys = keys_of<T>();
    for (const YamlNode& item : node.items) {
      if (std::find(keys.begin(), keys.end(), item.key) == keys.end()) {
        fail(item.line, join(path, item.key),
             "there is no such key, " + suggest_key(item.key, keys));
      }
    }
    Fields fields{*this, node, path};
    describe(fields, value);
  }

  std::string file_;
  std::map<std::string, int> lines_;
};

}  // namespace colonnade
