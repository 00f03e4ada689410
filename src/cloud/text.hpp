// Lines, words and numbers of a text in memory, whatever the locale and the line ends.
#pragma once

#include <charconv>
#include <cmath>
#include <cstddef>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

namespace colonnade {

/// Lines of a text, without their "\n" or "\r\n". Binary bytes may follow the text.
class Lines {
 public:
  explicit Lines(std::string_view text) : text_(text) {}

  /// False at the end of the text. A last line without a line end counts.
  bool next(std::string_view& line) {
    if (at_ == text_.size()) return false;
    const std::size_t end = text_.find('\n', at_);
    line = text_.substr(at_, end == std::string_view::npos ? end : end - at_);
    at_ = end == std::string_view::npos ? text_.size() : end + 1;
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    ++number_;
    return true;
  }

  std::size_t offset() const noexcept { return at_; }  ///< Of the next line's first byte.
  std::size_t remaining() const noexcept { return text_.size() - at_; }
  std::size_t number() const noexcept { return number_; }  ///< Of the last line, from 1.

 private:
  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t number_ = 0;
};

/// Words of a line, separated by blanks.
class Tokens {
 public:
  explicit Tokens(std::string_view line) : rest_(line) {}

  /// Empty at the end of the line.
  std::string_view next() {
    constexpr std::string_view kBlanks = " \t\r\v\f";
    const std::size_t start = rest_.find_first_not_of(kBlanks);
    if (start == std::string_view::npos) return rest_ = {};
    rest_.remove_prefix(start);
    const std::string_view token = rest_.substr(0, rest_.find_first_of(kBlanks));
    rest_.remove_prefix(token.size());
    return token;
  }

 private:
  std::string_view rest_;
};

/// The whole token as a T, or nothing. Floating types take nan and inf, a float rounds what only a
/// double holds; integer types take any spelling of an integer in their range ("12", "12.0", "+1").
template <typename T>
std::optional<T> parse_number(std::string_view token) {
  if (token.size() > 1 && token[0] == '+' && token[1] != '-') token.remove_prefix(1);
  const char* const end = token.data() + token.size();
  using Parsed = std::conditional_t<std::is_floating_point_v<T>, T, double>;
  Parsed value = 0;
  const auto result = std::from_chars(token.data(), end, value);
  if (result.ptr != end || result.ec == std::errc::invalid_argument) return std::nullopt;
  if (result.ec == std::errc::result_out_of_range) {
    if constexpr (!std::is_same_v<T, float>) {
      return std::nullopt;
    } else {
      const std::optional<double> wide = parse_number<double>(token);
      if (!wide) return std::nullopt;
      value = static_cast<float>(*wide);
    }
  }
  if constexpr (std::is_integral_v<T>) {
    static_assert(sizeof(T) <= 4, "a double holds every value of these types");
    constexpr double kMin = std::numeric_limits<T>::min(), kMax = std::numeric_limits<T>::max();
    if (!(value >= kMin && value <= kMax) || value != std::floor(value)) return std::nullopt;
  }
  return static_cast<T>(value);
}

/// A count as headers declare it: decimal digits, at most 2^64 - 1.
inline std::optional<std::size_t> parse_count(std::string_view token) {
  std::size_t value = 0;
  const char* const end = token.data() + token.size();
  const auto result = std::from_chars(token.data(), end, value);
  if (result.ptr != end || result.ec != std::errc()) return std::nullopt;
  return value;
}

/// Quoted for an error message: short, printable whatever the file held.
std::string shown(std::string_view text);

}  // namespace colonnade
