// YAML text as a tree that knows its lines. Strict: one document, no aliases, anchors or tags,
// bounded size and depth; duplicate keys are refused.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace colonnade {

struct YamlNode {
  enum class Kind : std::uint8_t { null, scalar, sequence, map };
  Kind kind = Kind::null;
  int line = 0;                 ///< Of its key, or where it begins; counted from 1; 0: unknown.
  std::string scalar;           ///< Of a scalar.
  bool quoted = false;          ///< "12" is a string, 12 a number.
  std::string key;              ///< Where this is a mapping's value.
  std::vector<YamlNode> items;  ///< Of a list; values of a mapping, in the file's order.

  const YamlNode* find(std::string_view wanted) const noexcept;
  /// For messages: "12", "a list", "a mapping", "nothing".
  std::string describe() const;
};

inline constexpr std::size_t kMaxYamlBytes = std::size_t{1} << 20;
/// A larger one is read to say what it is: a graph that was passed for its model.yaml, mostly.
inline constexpr std::size_t kMaxTextFileBytes = 64 * kMaxYamlBytes;

/// `where` stands for the file in messages. Error(format), Error(limit).
YamlNode parse_yaml(std::string_view text, const std::string& where);
YamlNode read_yaml_file(const std::string& path);

}  // namespace colonnade
