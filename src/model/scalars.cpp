#include "model/scalars.hpp"

#include <fmt/core.h>

#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <system_error>

#include "base/ascii.hpp"

namespace colonnade {
namespace {

template <typename T>
bool parse_whole(std::string_view text, T& value) {
  const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
  return result.ec == std::errc() && result.ptr == text.data() + text.size();
}

template <typename T>
bool parse_floating(std::string_view text, T& value) {
  constexpr T kInfinity = std::numeric_limits<T>::infinity();
  if (text == ".inf" || text == "-.inf") {
    value = text[0] == '-' ? -kInfinity : kInfinity;
    return true;
  }
  // from_chars also takes "inf" and "nan", which YAML means as words, and leaves "+1" to us.
  return parse_whole(text.substr(text.starts_with('+') ? 1 : 0), value) && std::isfinite(value);
}

template <typename T>
std::string write_floating(T value) {
  if (std::isinf(value)) return value < 0 ? "-.inf" : ".inf";
  std::array<char, 64> buffer{};
  const auto result = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
  return std::string(buffer.data(), result.ptr);
}

bool is_plain(const std::string& text) {
  constexpr std::array<std::string_view, 9> kWords{"true", "false", "null", "yes", "no",
                                                   "on",   "off",   "y",    "n"};
  const auto letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  };
  if (text.empty() || !letter(text[0])) return false;
  std::string lower;
  for (const char c : text) {
    const bool digit = c >= '0' && c <= '9';
    if (!letter(c) && !digit && c != '.' && c != '-' && c != '/') return false;
    lower += ascii_lower(c);
  }
  for (const std::string_view word : kWords) {
    if (lower == word) return false;
  }
  return true;
}

}  // namespace

bool parse_number(std::string_view text, std::int64_t& value) {
  return parse_whole(text.substr(text.starts_with('+') ? 1 : 0), value);
}
bool parse_number(std::string_view text, float& value) {
  return parse_floating(text, value);
}
bool parse_number(std::string_view text, double& value) {
  return parse_floating(text, value);
}

bool parse_bool(std::string_view text, bool& value) {
  value = text == "true";
  return value || text == "false";
}

bool parse_tensor(const YamlNode& node, TensorRef& value) {
  value = {};
  if (!node.quoted && parse_number(node.scalar, value.position)) return value.position >= 0;
  value.position = -1;
  value.name = node.scalar;
  return !value.name.empty();
}

std::string write_number(std::int64_t value) {
  return fmt::format("{}", value);
}
std::string write_number(float value) {
  return write_floating(value);
}
std::string write_number(double value) {
  return write_floating(value);
}

std::string write_string(const std::string& text) {
  if (is_plain(text)) return text;
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      quoted += '\\';
      quoted += c;
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      quoted += fmt::format("\\x{:02x}", static_cast<unsigned>(c));
    } else {
      quoted += c;
    }
  }
  return quoted + '"';
}

std::string write_tensor(const TensorRef& tensor) {
  return tensor.name.empty() ? write_number(tensor.position) : write_string(tensor.name);
}

}  // namespace colonnade
