// Copies between layouts: transposition, packing, slices, broadcasts.
#pragma once

#include <cstddef>

#include "kernels/elementwise/loop_nest.hpp"

namespace colonnade::cpu {

/// nest: {to, from}. `element`: bytes of one element (1, 2, 4 or 8).
void copy_strided(const LoopNest& nest, std::size_t element, void* to, const void* from);

}  // namespace colonnade::cpu
