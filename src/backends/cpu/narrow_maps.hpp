// Maps that only convolutions of a reduced precision write and read are kept in the readers' one.
#pragma once

#include "backends/cpu/plan.hpp"

namespace colonnade::cpu {

/// The readers round what they read anyway: the numbers stay the same, half or a quarter of the
/// bytes move. A map of bytes has the scale that all its readers have. Comes after lowering and
/// pool_rows, before whatever looks at sizes of maps.
void narrow_maps(Plan& plan);

}  // namespace colonnade::cpu
