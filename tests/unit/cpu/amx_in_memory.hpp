// The AMX kernels on tiles in memory, which do what the instructions are documented to: so their
// logic is tested on machines without AMX too.
#pragma once

#include <vector>

#include "kernels/conv/kernel.hpp"

namespace colonnade::cpu {

/// Rows as the table's, for tests only.
const ConvKernel& amx_in_memory(Precision precision);
/// Whether one has tiles configured now.
bool amx_in_memory_is_busy();

/// The table's of a reduced precision, and amx_in_memory's.
std::vector<const ConvKernel*> kernels_to_test(Precision precision);

}  // namespace colonnade::cpu
