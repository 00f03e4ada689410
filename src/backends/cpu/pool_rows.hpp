// Products of rows that are only read through a maximum.
#pragma once

#include "backends/cpu/plan.hpp"

namespace colonnade::cpu {

/// Merges a product and the maximum over its rows into one step, where nothing else reads the
/// product. Comes after lowering, before buffers are placed.
void pool_rows(Plan& plan);

}  // namespace colonnade::cpu
