// What cores can do at most: fused multiply-adds that wait for nothing.
#pragma once

#include "base/isa.hpp"

#include "colonnade/executor.hpp"

namespace colonnade {

/// GFLOP/s of float32 on this core, now (it takes some 20 ms); 0 where nothing is known of `isa`.
double measure_peak(Isa isa);

/// That all threads reach at once: they share what the machine has.
double measure_peak(Isa isa, Executor& threads);

}  // namespace colonnade
