#include "model/configs/text_proto.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "base/file.hpp"
#include "colonnade/error.hpp"

namespace colonnade {
namespace {

constexpr int kMaxDepth = 32;
constexpr std::size_t kMaxFields = 4096;  ///< Of one message.

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '.' || c == '-' || c == '+';
}

class TextProtoParser {
 public:
  TextProtoParser(std::string_view text, const std::string& where) : text_(text), where_(where) {}

  YamlNode run() {
    YamlNode root = node(YamlNode::Kind::map);
    fields(root, '\0', 0);
    if (at_ < text_.size()) fail("found a NUL byte, expected text");
    return root;
  }

 private:
  [[noreturn]] void fail(const std::string& message) const {
    throw Error(ErrorCode::format, fmt::format("{}:{}", where_, line_), message);
  }
  YamlNode node(YamlNode::Kind kind) const {
    YamlNode made;
    made.kind = kind;
    made.line = line_;
    return made;
  }

  /// The next character that isn't space or comment; 0 at the end.
  char peek() {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '#') {
        at_ = std::min(text_.find('\n', at_), text_.size());
      } else if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
        if (c == '\n') ++line_;
        ++at_;
      } else {
        return c;
      }
    }
    return '\0';
  }
  bool accept(char wanted) {
    if (peek() != wanted || at_ == text_.size()) return false;
    ++at_;
    return true;
  }
  std::string found() {
    const char c = peek();
    if (c == '\0') return "the end";
    const bool printable = c >= ' ' && c <= '~';
    return printable ? fmt::format("'{}'", c)
                     : fmt::format("the byte {:#04x}", static_cast<unsigned char>(c));
  }
  std::string word(const char* what) {
    peek();
    const std::size_t begin = at_;
    while (at_ < text_.size() && is_word(text_[at_])) ++at_;
    if (at_ == begin) fail(fmt::format("found {}, expected {}", found(), what));
    return std::string(text_.substr(begin, at_ - begin));
  }

  std::string quoted() {
    const char quote = text_[at_++];
    std::string value;
    while (at_ < text_.size() && text_[at_] != quote && text_[at_] != '\n') {
      if (text_[at_] == '\\' && at_ + 1 < text_.size()) ++at_;
      value += text_[at_++];
    }
    if (at_ >= text_.size() || text_[at_] != quote) fail("found a string without its end");
    ++at_;
    return value;
  }

  void fields(YamlNode& message, char end, int depth) {
    if (depth > kMaxDepth) fail(fmt::format("found messages nested deeper than {}", kMaxDepth));
    while (peek() != end) {
      if (message.items.size() >= kMaxFields) {
        fail(fmt::format("found a message of more than {} fields", kMaxFields));
      }
      const int line = line_;
      std::string name = word("a field's name");
      const bool colon = accept(':');
      if (!colon && peek() != '{' && peek() != '<') {
        fail(fmt::format("{}: found {}, expected ':' or '{{'", name, found()));
      }
      YamlNode read = value(depth);
      read.line = line;
      read.key = std::move(name);
      message.items.push_back(std::move(read));
      if (!accept(',')) accept(';');
    }
    if (end != '\0') accept(end);
  }

  YamlNode value(int depth) {
    if (accept('{')) return message('}', depth);
    if (accept('<')) return message('>', depth);
    if (accept('[')) return list(depth);
    YamlNode scalar = node(YamlNode::Kind::scalar);
    if (peek() != '"' && peek() != '\'') {
      scalar.scalar = word("a value");
      return scalar;
    }
    scalar.quoted = true;
    while (peek() == '"' || peek() == '\'') scalar.scalar += quoted();  // "a" "b" is "ab".
    return scalar;
  }
  YamlNode message(char end, int depth) {
    YamlNode made = node(YamlNode::Kind::map);
    fields(made, end, depth + 1);
    return made;
  }
  YamlNode list(int depth) {
    if (depth > kMaxDepth) fail(fmt::format("found lists nested deeper than {}", kMaxDepth));
    YamlNode made = node(YamlNode::Kind::sequence);
    if (accept(']')) return made;
    do {
      made.items.push_back(value(depth + 1));
    } while (accept(','));
    if (!accept(']')) fail(fmt::format("found {}, expected ',' or ']'", found()));
    return made;
  }

  std::string_view text_;
  const std::string& where_;
  std::size_t at_ = 0;
  int line_ = 1;
};

}  // namespace

YamlNode parse_text_proto(std::string_view text, const std::string& where) {
  if (text.size() > kMaxYamlBytes) {
    throw Error(ErrorCode::limit, where,
                fmt::format("found {} bytes, expected at most {}", text.size(), kMaxYamlBytes));
  }
  return TextProtoParser(text, where).run();
}

YamlNode read_text_proto(const std::string& path) {
  return parse_text_proto(WholeFile::read(path, kMaxTextFileBytes)->text(), path);
}

}  // namespace colonnade
