// Letters of names in files, whatever the locale: in Turkish ones tolower('I') isn't 'i'.
#pragma once

namespace colonnade {

/// 'A' to 'Z' in lower case, every other character as it is.
constexpr char ascii_lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

}  // namespace colonnade
