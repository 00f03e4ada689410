// What a member takes, in words: "a number above 0", "a list of 3 numbers".
#pragma once

#include <fmt/core.h>

#include <array>
#include <cmath>
#include <string>
#include <vector>

#include "model/describe.hpp"
#include "model/enum_names.hpp"

namespace colonnade {

template <typename T>
struct ListOf {
  static constexpr bool value = false;
};
template <typename T>
struct ListOf<std::vector<T>> {
  static constexpr bool value = true;
  static constexpr std::size_t size = 0;  ///< Any.
  using Item = T;
};
template <typename T, std::size_t N>
struct ListOf<std::array<T, N>> {
  static constexpr bool value = true;
  static constexpr std::size_t size = N;
  using Item = T;
};

template <typename T>
concept List = ListOf<T>::value;
template <typename T>
concept Number = std::same_as<T, std::int64_t> || std::floating_point<T>;
template <typename T>
concept Enum = std::is_enum_v<T>;

inline bool within(double value, const Bounds& bounds) {
  if (std::isnan(value) || (std::isinf(value) && !bounds.infinite)) return false;
  return (bounds.open ? value > bounds.low : value >= bounds.low) && value <= bounds.high;
}

inline std::string range_in_words(const Bounds& bounds) {
  const bool low = std::isfinite(bounds.low), high = std::isfinite(bounds.high);
  if (low && bounds.low == bounds.high) return fmt::format(" equal to {}", bounds.low);
  if (low && high) return fmt::format(" from {} to {}", bounds.low, bounds.high);
  if (low && bounds.open) return fmt::format(" above {}", bounds.low);
  if (low) return fmt::format(" of at least {}", bounds.low);
  return high ? fmt::format(" of at most {}", bounds.high) : "";
}

template <typename T>
std::string expectation(const Bounds& bounds) {
  if constexpr (std::same_as<T, std::int64_t>) {
    return "a whole number" + range_in_words(bounds);
  } else if constexpr (std::floating_point<T>) {
    return "a number" + range_in_words(bounds);
  } else if constexpr (std::same_as<T, bool>) {
    return "true or false";
  } else if constexpr (std::same_as<T, std::string>) {
    return "a string";
  } else if constexpr (std::same_as<T, TensorRef>) {
    return "a tensor's name or position";
  } else if constexpr (Enum<T>) {
    return "one of " + enum_list<T>();
  } else if constexpr (List<T>) {
    const std::string size = ListOf<T>::size > 0  ? fmt::format("{}", ListOf<T>::size)
                             : bounds.entries > 0 ? fmt::format("{} or more", bounds.entries)
                                                  : "any length";
    return fmt::format("a list of {}, each {}", size,
                       expectation<typename ListOf<T>::Item>(bounds));
  } else {
    return "a mapping";
  }
}

}  // namespace colonnade
