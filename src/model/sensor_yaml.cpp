#include "model/sensor_yaml.hpp"

#include <optional>
#include <utility>
#include <vector>

#include "model/inline_writer.hpp"

namespace colonnade {
namespace {

/// Every key with its value's text; empty for an optional that isn't there.
struct Entries {
  std::vector<std::pair<std::string, std::string>> items;

  template <typename T>
  void field(std::string_view key, const T& member, std::string_view, const Bounds& = {}) {
    items.emplace_back(key, InlineWriter::text(member));
  }
  template <typename T>
  void optional(std::string_view key, const T& member, std::string_view help, const Bounds& = {}) {
    field(key, member, help);
  }
  template <typename T>
  void optional(std::string_view key, const std::optional<T>& member, std::string_view,
                const Bounds& = {}) {
    items.emplace_back(key, member ? InlineWriter::text(*member) : std::string());
  }
};

Entries entries_of(const SensorSpec& spec) {
  Entries entries;
  describe(entries, spec);
  return entries;
}

}  // namespace

std::string sensor_yaml(const SensorSpec& spec, std::span<const KeyComment> comments) {
  const Entries entries = entries_of(spec), defaults = entries_of(SensorSpec{});
  std::string text;
  for (std::size_t i = 0; i < entries.items.size(); ++i) {
    const auto& [key, value] = entries.items[i];
    if (key != "version" && value == defaults.items[i].second) continue;
    for (const KeyComment& comment : comments) {
      if (comment.key == key) text += "# " + comment.text + '\n';
    }
    text += key + ": " + value + '\n';
  }
  return text;
}

}  // namespace colonnade
