#include "model/keys.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace colonnade {
namespace {

/// Levenshtein: insertions, deletions and replacements from one to the other.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row[b.size()];
}

}  // namespace

std::string suggest_key(std::string_view found, const std::vector<std::string_view>& keys) {
  constexpr std::size_t kLongest = 64;  // Keys are shorter; a hostile one must not cost time.
  std::string_view nearest;
  std::size_t distance = std::max<std::size_t>(2, found.size() / 3) + 1;
  std::string list;
  for (const std::string_view key : keys) {
    const std::size_t edits = found.size() > kLongest ? found.size() : edit_distance(found, key);
    if (edits < distance && edits < key.size()) {
      nearest = key;
      distance = edits;
    }
    if (!list.empty()) list += ", ";
    list += key;
  }
  return nearest.empty() ? fmt::format("expected one of {}", list)
                         : fmt::format("did you mean '{}'?", nearest);
}

}  // namespace colonnade
