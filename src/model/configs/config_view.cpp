#include "model/configs/config_view.hpp"

#include <fmt/core.h>

#include <cmath>
#include <utility>

#include "colonnade/error.hpp"
#include "model/scalars.hpp"

namespace colonnade {

ConfigView ConfigView::child(const YamlNode& node, std::string path) const {
  ConfigView view(node, file_);
  view.path_ = std::move(path);
  return view;
}

std::string ConfigView::where() const {
  return node_->line > 0 ? fmt::format("{}:{}", file_, node_->line) : file_;
}

void ConfigView::refuse(const std::string& expected) const {
  throw Error(ErrorCode::format, where(),
              fmt::format("{}: found {}, expected {}", path_, node_->describe(), expected));
}

void ConfigView::unsupported(const std::string& expected) const {
  throw Error(ErrorCode::unsupported, where(),
              fmt::format("{}: found {}, supported is {}", path_, node_->describe(), expected));
}

std::optional<ConfigView> ConfigView::find(std::string_view key) const {
  const YamlNode* node = node_->find(key);
  if (node == nullptr) return std::nullopt;
  return child(*node, path_.empty() ? std::string(key) : fmt::format("{}.{}", path_, key));
}

ConfigView ConfigView::at(std::string_view key) const {
  if (std::optional<ConfigView> view = find(key)) return *view;
  throw Error(
      ErrorCode::format, where(),
      fmt::format("{}{}{}: the key is missing, it's needed", path_, path_.empty() ? "" : ".", key));
}

std::vector<ConfigView> ConfigView::all(std::string_view key) const {
  std::vector<ConfigView> views;
  for (const YamlNode& node : node_->items) {
    if (node_->kind != YamlNode::Kind::map || node.key != key) continue;
    const ConfigView view =
        child(node, path_.empty() ? node.key : fmt::format("{}.{}", path_, node.key));
    if (node.kind != YamlNode::Kind::sequence) {
      views.push_back(view);
      continue;
    }
    for (const ConfigView& item : view.items()) views.push_back(item);
  }
  return views;
}

std::vector<ConfigView> ConfigView::items() const {
  if (node_->kind != YamlNode::Kind::sequence) refuse("a list");
  std::vector<ConfigView> views;
  for (std::size_t i = 0; i < node_->items.size(); ++i) {
    views.push_back(child(node_->items[i], fmt::format("{}[{}]", path_, i)));
  }
  return views;
}

double ConfigView::number() const {
  double value = 0;
  if (node_->kind != YamlNode::Kind::scalar || !parse_number(node_->scalar, value) ||
      !std::isfinite(value)) {
    refuse("a number");
  }
  return value;
}

std::int64_t ConfigView::integer() const {
  std::int64_t value = 0;
  if (node_->kind != YamlNode::Kind::scalar || !parse_number(node_->scalar, value)) {
    refuse("a whole number");
  }
  return value;
}

bool ConfigView::boolean() const {
  for (const char* word : {"true", "True", "TRUE", "yes", "Yes", "on"}) {
    if (node_->scalar == word) return true;
  }
  for (const char* word : {"false", "False", "FALSE", "no", "No", "off"}) {
    if (node_->scalar == word) return false;
  }
  refuse("true or false");
}

std::string ConfigView::text() const {
  if (node_->kind != YamlNode::Kind::scalar || node_->scalar.empty()) refuse("a string");
  return node_->scalar;
}

std::vector<float> ConfigView::reals() const {
  std::vector<float> values;
  for (const ConfigView& item : items()) values.push_back(item.real());
  return values;
}

std::vector<float> ConfigView::reals(std::size_t count) const {
  std::vector<float> values = reals();
  if (values.size() != count) refuse(fmt::format("a list of {} numbers", count));
  return values;
}

}  // namespace colonnade
