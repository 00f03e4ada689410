#include "model/yaml_tree.hpp"

#include <fmt/core.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <sstream>
#include <utility>

#include "base/file.hpp"
#include "colonnade/error.hpp"

namespace colonnade {
namespace {

constexpr std::size_t kMaxDepth = 32;
constexpr std::size_t kMaxKeys = 4096;  ///< Of one mapping: finding duplicates is quadratic.

/// Builds the tree from the parser's events, so that aliases and depth are refused before yaml-cpp
/// would follow them.
class TreeBuilder : public YAML::EventHandler {
 public:
  explicit TreeBuilder(const std::string& where) : where_(where) {}

  YamlNode take() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    refuse_anchor(mark, anchor);
    place(node_at(mark, YamlNode::Kind::null));
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    fail(mark, "found an alias (*name), expected the value itself");
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    refuse_anchor(mark, anchor);
    const bool quoted = tag == "!";  // yaml-cpp's mark of quotes; "?" and "": plain.
    if (!quoted) refuse_tag(mark, tag);
    YamlNode node = node_at(mark, YamlNode::Kind::scalar);
    node.scalar = value;
    node.quoted = quoted;
    if (open_.empty() || open_.back().node.kind != YamlNode::Kind::map || open_.back().has_key) {
      place(std::move(node));
    } else {
      take_key(mark, value);
    }
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(mark, tag, anchor, YamlNode::Kind::sequence);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(mark, tag, anchor, YamlNode::Kind::map);
  }
  void OnMapEnd() override { close(); }

 private:
  struct Open {
    YamlNode node;
    std::string key;  ///< Waits for its value.
    int key_line = 0;
    bool has_key = false;
  };

  [[noreturn]] void fail(const YAML::Mark& mark, const std::string& message) const {
    throw Error(ErrorCode::format, fmt::format("{}:{}", where_, mark.line + 1), message);
  }
  void refuse_anchor(const YAML::Mark& mark, YAML::anchor_t anchor) const {
    if (anchor != 0) fail(mark, "found an anchor (&name), expected plain values");
  }
  void refuse_tag(const YAML::Mark& mark, const std::string& tag) const {
    if (!tag.empty() && tag != "?") {
      fail(mark, fmt::format("found the tag {}, expected plain values", tag));
    }
  }
  static YamlNode node_at(const YAML::Mark& mark, YamlNode::Kind kind) {
    YamlNode node;
    node.kind = kind;
    node.line = mark.line + 1;
    return node;
  }
  void open(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
            YamlNode::Kind kind) {
    refuse_anchor(mark, anchor);
    if (tag != "!") refuse_tag(mark, tag);
    if (open_.size() >= kMaxDepth) {
      fail(mark, fmt::format("found values nested deeper than {} levels", kMaxDepth));
    }
    if (!open_.empty() && open_.back().node.kind == YamlNode::Kind::map && !open_.back().has_key) {
      fail(mark, "found a list or a mapping as a key, expected a name");
    }
    open_.push_back({node_at(mark, kind), {}, 0, false});
  }
  void take_key(const YAML::Mark& mark, const std::string& key) {
    Open& map = open_.back();
    if (const YamlNode* first = map.node.find(key)) {
      fail(mark,
           fmt::format("{}: found this key twice, it stands in line {} already", key, first->line));
    }
    if (map.node.items.size() >= kMaxKeys) {
      fail(mark, fmt::format("found a mapping of more than {} keys", kMaxKeys));
    }
    map.key = key;
    map.key_line = mark.line + 1;
    map.has_key = true;
  }
  void close() {
    YamlNode node = std::move(open_.back().node);
    open_.pop_back();
    place(std::move(node));
  }
  void place(YamlNode node) {
    if (open_.empty()) {
      root_ = std::move(node);
    } else if (open_.back().node.kind == YamlNode::Kind::sequence) {
      open_.back().node.items.push_back(std::move(node));
    } else if (open_.back().has_key) {
      node.line = open_.back().key_line;
      node.key = std::move(open_.back().key);
      open_.back().node.items.push_back(std::move(node));
      open_.back().has_key = false;
    } else {
      throw Error(ErrorCode::format, fmt::format("{}:{}", where_, node.line),
                  "found an empty key, expected a name");
    }
  }

  const std::string& where_;
  YamlNode root_;
  std::vector<Open> open_;
};

}  // namespace

const YamlNode* YamlNode::find(std::string_view wanted) const noexcept {
  for (const YamlNode& item : items) {
    if (kind == Kind::map && item.key == wanted) return &item;
  }
  return nullptr;
}

std::string YamlNode::describe() const {
  constexpr std::size_t kShown = 40;
  switch (kind) {
    case Kind::null: return "nothing";
    case Kind::sequence: return fmt::format("a list of {}", items.size());
    case Kind::map: return "a mapping";
    case Kind::scalar: break;
  }
  const std::string text = scalar.size() > kShown ? scalar.substr(0, kShown) + "..." : scalar;
  return quoted ? '"' + text + '"' : text;
}

YamlNode parse_yaml(std::string_view text, const std::string& where) {
  if (text.find('\0') != std::string_view::npos) {
    throw Error(ErrorCode::format, where,
                "isn't text; expected YAML, as `colonnade import` makes it of .onnx files");
  }
  if (text.size() > kMaxYamlBytes) {
    throw Error(ErrorCode::limit, where,
                fmt::format("found {} bytes, expected at most {}", text.size(), kMaxYamlBytes));
  }
  try {
    std::istringstream stream{std::string(text)};
    YAML::Parser parser(stream);
    TreeBuilder builder(where);
    if (!parser.HandleNextDocument(builder)) return {};
    YamlNode root = builder.take();
    TreeBuilder second(where);
    if (parser.HandleNextDocument(second)) {
      throw Error(ErrorCode::format, where, "found a second document (---), expected one");
    }
    return root;
  } catch (const YAML::Exception& error) {
    throw Error(ErrorCode::format, fmt::format("{}:{}", where, error.mark.line + 1),
                fmt::format("it isn't YAML: {}", error.msg));
  }
}

YamlNode read_yaml_file(const std::string& path) {
  const auto file = WholeFile::read(path, kMaxTextFileBytes);
  YamlNode root = parse_yaml(file->text(), path);
  if (root.kind == YamlNode::Kind::null) {
    throw Error(ErrorCode::format, path, "holds nothing; expected a YAML file's keys");
  }
  return root;
}

}  // namespace colonnade
