// Maps that only BF16 convolutions write and read are kept in BF16.
#pragma once

#include "backends/cpu/plan.hpp"

namespace colonnade::cpu {

/// The readers round what they read anyway: the numbers stay the same, half of the bytes move.
/// Comes after lowering and pool_rows, before whatever looks at sizes of maps.
void narrow_maps(Plan& plan);

}  // namespace colonnade::cpu
