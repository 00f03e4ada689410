#include "colonnade/error.hpp"

#include <utility>

namespace colonnade {
namespace {

// Names come from files and may hold anything: a message stays one printable line, of a length that
// a terminal and a log can take.
std::string sentence(std::string text) {
  constexpr std::size_t kLongest = 4096;
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '?';
  }
  if (text.size() <= kLongest) return text;
  std::size_t end = kLongest;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;  // Whole UTF-8.
  return text.substr(0, end) + "...";
}

}  // namespace

Error::Error(ErrorCode code, const std::string& message)
    : std::runtime_error(sentence(message)), code_(code) {}

Error::Error(ErrorCode code, std::string where, const std::string& message)
    : std::runtime_error(sentence(where.empty() ? message : where + ": " + message)),
      code_(code),
      where_(std::move(where)) {}

// The key function: one vtable and one typeinfo, exported, so that a host catches what we throw.
Error::~Error() = default;

}  // namespace colonnade
