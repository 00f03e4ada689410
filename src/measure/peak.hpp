// What cores can do at most: multiplications and additions that wait for nothing.
#pragma once

#include "base/isa.hpp"
#include "base/precision.hpp"

#include "colonnade/executor.hpp"

namespace colonnade {

/// GFLOP/s (of integers, as many operations) on this core, now (it takes some 20 ms); 0 where
/// nothing is known of `isa`, or it hasn't got the precision.
double measure_peak(Isa isa, Precision precision = Precision::fp32);

/// That all threads reach at once: they share what the machine has.
double measure_peak(Isa isa, Executor& threads, Precision precision = Precision::fp32);

}  // namespace colonnade
