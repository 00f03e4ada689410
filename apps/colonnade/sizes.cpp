#include "sizes.hpp"

#include <fmt/core.h>

#include "colonnade/error.hpp"

namespace colonnade {

std::uint64_t parse_size(const std::string& text, const std::string& where) {
  std::string digits = text;
  int shift = 20;
  if (!digits.empty()) {
    switch (digits.back()) {
      case 'K': shift = 10; break;
      case 'M': shift = 20; break;
      case 'G': shift = 30; break;
      default: digits += 'M';
    }
    digits.pop_back();
  }
  if (digits.empty() || digits.size() > 9 ||
      digits.find_first_not_of("0123456789") != std::string::npos) {
    throw Error(ErrorCode::invalid_argument, where,
                "expected a size as 512M or 2G (a number alone is of MiB), found '" + text + "'");
  }
  return static_cast<std::uint64_t>(std::stoll(digits)) << shift;
}

std::uint64_t parse_workspace(const std::string& text) {
  const std::string pool = "workspace:";
  return parse_size(text.rfind(pool, 0) == 0 ? text.substr(pool.size()) : text,
                    "--workspace " + text);
}

std::string size_text(std::uint64_t bytes) {
  return fmt::format("{:.2f} MB", static_cast<double>(bytes) / 1e6);
}

}  // namespace colonnade
