#include "colonnade/error.hpp"

#include <utility>

namespace colonnade {

Error::Error(ErrorCode code, const std::string& message)
    : std::runtime_error(message), code_(code) {}

Error::Error(ErrorCode code, std::string where, const std::string& message)
    : std::runtime_error(where.empty() ? message : where + ": " + message),
      code_(code),
      where_(std::move(where)) {}

// The key function: one vtable and one typeinfo, exported, so that a host catches what we throw.
Error::~Error() = default;

}  // namespace colonnade
