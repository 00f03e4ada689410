#include "model/configs/openpcdet_config.hpp"

#include <fmt/core.h>

#include <filesystem>
#include <optional>
#include <utility>

#include "colonnade/error.hpp"

namespace colonnade {
namespace {

constexpr char kBaseKey[] = "_BASE_CONFIG_";
constexpr int kMaxBases = 8;

/// OpenPCDet's paths are relative to tools/, where its scripts run; the config lies somewhere
/// below.
std::optional<std::string> find_base(const std::string& config, const std::string& base) {
  std::error_code ignored;
  std::filesystem::path folder = std::filesystem::absolute(config, ignored).parent_path();
  for (;;) {
    const std::filesystem::path candidate = folder / base;
    if (std::filesystem::is_regular_file(candidate, ignored)) return candidate.string();
    if (folder == folder.parent_path()) return std::nullopt;
    folder = folder.parent_path();
  }
}

YamlNode* find(YamlNode& map, const std::string& key) {
  for (YamlNode& item : map.items) {
    if (map.kind == YamlNode::Kind::map && item.key == key) return &item;
  }
  return nullptr;
}

/// As pcdet.config.merge_new_config: mappings are merged key by key, anything else is replaced.
void merge(YamlNode& target, const YamlNode& source) {
  for (const YamlNode& value : source.items) {
    YamlNode* const existing = find(target, value.key);
    if (existing == nullptr) {
      target.items.push_back(value);
    } else if (existing->kind == YamlNode::Kind::map && value.kind == YamlNode::Kind::map) {
      merge(*existing, value);
    } else {
      *existing = value;
    }
  }
}

/// Lines of a base aren't lines of the config that errors name.
void forget_lines(YamlNode& node) {
  node.line = 0;
  for (YamlNode& item : node.items) forget_lines(item);
}

class BaseResolver {
 public:
  explicit BaseResolver(const std::string& config) : config_(config) {}

  void resolve(YamlNode& node) {
    for (YamlNode& item : node.items) resolve(item);
    const YamlNode* const base = node.find(kBaseKey);
    if (base == nullptr) return;
    const std::string name = base->scalar;
    const std::optional<std::string> path = find_base(config_, name);
    if (!path) {
      missing_ = name;
      return;
    }
    if (++bases_ > kMaxBases) {
      throw Error(ErrorCode::limit, fmt::format("{}:{}", config_, base->line),
                  fmt::format("found more than {} base configs", kMaxBases));
    }
    YamlNode merged = read_yaml_file(*path);
    merged.line = node.line;
    merged.key = node.key;
    if (merged.kind != YamlNode::Kind::map) {
      throw Error(ErrorCode::format, *path, "found " + merged.describe() + ", expected a mapping");
    }
    resolve(merged);
    for (YamlNode& item : merged.items) forget_lines(item);
    merge(merged, node);
    node = std::move(merged);
  }

  const std::string& missing() const { return missing_; }

 private:
  const std::string& config_;
  std::string missing_;
  int bases_ = 0;
};

}  // namespace

OpenPcdetConfig read_openpcdet_config(const std::string& path) {
  OpenPcdetConfig config{read_yaml_file(path), {}};
  BaseResolver resolver(path);
  resolver.resolve(config.root);
  config.missing_base = resolver.missing();
  return config;
}

}  // namespace colonnade
