// What an examination finds: one thing, its number, what follows from it, what mends it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "colonnade/model.hpp"
#include "model/sensor_yaml.hpp"

namespace colonnade {

enum class Severity : std::uint8_t {
  ok,
  note,     ///< Worth knowing; nothing to mend.
  warning,  ///< Costs boxes, or would in another place.
  bad,      ///< The network sees what it wasn't trained for.
};

/// A number by its name, unit included: {"height_m", 1.73}.
struct Measure {
  std::string name;
  double value = 0;
};

struct Finding {
  std::string code{};  ///< The check: "intensity", "ground", ...
  Severity severity = Severity::ok;
  std::string found{};        ///< One clause, with the numbers.
  std::string consequence{};  ///< Empty where nothing follows.
  std::string fix{};          ///< Empty where nothing is to be mended.
  std::vector<Measure> numbers{};
};

/// Grows from check to check: later ones see what earlier ones recommend.
struct Advice {
  SensorSpec sensor;
  std::vector<KeyComment> reasons;  ///< Why the recommended keys have their values.
};

}  // namespace colonnade
