// What a gate that doesn't hold leads to: the most sensitive INT8 layers go back to the precision
// above.
#pragma once

#include <optional>
#include <string>

#include "verify/gate.hpp"

namespace colonnade {

/// Nothing where the gate holds, or no layer is of INT8. Else the engine in the file is rebuilt
/// with as few layers raised as it holds with, the most sensitive first (all, where it never does);
/// the report is that engine's, `report.gate.raised` says which and at what cost. `report`: what
/// the gate found of the engine as it is.
std::optional<GateReport> raise_layers(Gate& gate, const GateReport& report);

}  // namespace colonnade
