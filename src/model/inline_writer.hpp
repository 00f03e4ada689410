#pragma once

#include <fmt/core.h>

#include <string>
#include <string_view>

#include "model/describe.hpp"
#include "model/expectation.hpp"
#include "model/scalars.hpp"

namespace colonnade {

/// A value within one line: scalars, lists, and {key: value, ...}.
class InlineWriter {
 public:
  template <typename T>
  static std::string text(const T& value) {
    if constexpr (List<T>) {
      std::string list;
      for (const auto& item : value) list += (list.empty() ? "" : ", ") + text(item);
      return '[' + list + ']';
    } else if constexpr (Number<T>) {
      return write_number(value);
    } else if constexpr (std::same_as<T, bool>) {
      return value ? "true" : "false";
    } else if constexpr (std::same_as<T, std::string>) {
      return write_string(value);
    } else if constexpr (std::same_as<T, TensorRef>) {
      return write_tensor(value);
    } else if constexpr (Enum<T>) {
      return std::string(enum_name(value));
    } else {
      InlineWriter writer;
      describe(writer, value);
      return '{' + writer.entries_ + '}';
    }
  }

  template <typename T>
  void field(std::string_view key, const T& member, std::string_view, const Bounds& = {}) {
    if (!entries_.empty()) entries_ += ", ";
    entries_ += fmt::format("{}: {}", key, text(member));
  }
  template <typename T>
  void optional(std::string_view key, const T& member, std::string_view help, const Bounds& = {}) {
    if (member != T{}) field(key, member, help);
  }

 private:
  std::string entries_;
};

}  // namespace colonnade
