// A map that one step reads cell by cell, right after others wrote it, needn't ever be whole.
#pragma once

#include "backends/cpu/plan.hpp"

namespace colonnade::cpu {

/// Fills plan.banded and moves writers and readers next to each other: a detector's upsampled maps,
/// joined and read by its heads. Comes before find_active, which counts steps.
void join_bands(Plan& plan);

}  // namespace colonnade::cpu
