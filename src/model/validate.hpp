// What must hold between the keys of a spec.
#pragma once

#include <optional>
#include <string>

#include "colonnade/model.hpp"

namespace colonnade {

struct Violation {
  std::string path;     ///< "heads[0].labels[2]"
  std::string message;  ///< "found 3, expected a class below 3"
};

/// The first rule that's broken.
std::optional<Violation> find_violation(const ModelSpec& spec);
std::optional<Violation> find_violation(const SensorSpec& spec);

/// Throws the violation as Error(invalid_argument), at `where`.
void validate(const ModelSpec& spec, const std::string& where);

}  // namespace colonnade
