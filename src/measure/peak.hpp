// What one core can do at most: fused multiply-adds that wait for nothing.
#pragma once

#include "base/isa.hpp"

namespace colonnade {

/// GFLOP/s of float32 on this core, now (it takes some 20 ms); 0 where nothing is known of `isa`.
double measure_peak(Isa isa);

}  // namespace colonnade
