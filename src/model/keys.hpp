// The keys of a described struct, and which of them a misspelled one was meant to be.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/describe.hpp"

namespace colonnade {

class KeyLister {
 public:
  template <typename T>
  void field(std::string_view key, T&, std::string_view, const Bounds& = {}) {
    keys_.push_back(key);
  }
  template <typename T>
  void optional(std::string_view key, T&, std::string_view, const Bounds& = {}) {
    keys_.push_back(key);
  }
  const std::vector<std::string_view>& keys() const { return keys_; }

 private:
  std::vector<std::string_view> keys_;
};

template <typename T>
std::vector<std::string_view> keys_of() {
  T value{};
  KeyLister lister;
  describe(lister, value);
  return lister.keys();
}

/// "did you mean 'cell'?" where a key is near, else "expected one of min, max, cell".
std::string suggest_key(std::string_view found, const std::vector<std::string_view>& keys);

}  // namespace colonnade
