// A file's 64-bit numbers as sizes in memory, which may be of 32 bits.
#pragma once

#include <string>
#include <utility>

#include "colonnade/error.hpp"

namespace colonnade {

/// `value` as a To. Error(limit) at `where`, which says that `what` doesn't fit.
template <typename To, typename From>
To checked_cast(From value, const std::string& where, const char* what) {
  if (std::in_range<To>(value)) return static_cast<To>(value);
  throw Error(
      ErrorCode::limit, where,
      std::string(what) + " " + std::to_string(value) + " is beyond what this machine can address");
}

}  // namespace colonnade
