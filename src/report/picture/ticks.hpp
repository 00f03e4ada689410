// Round numbers along a scale.
#pragma once

#include <vector>

namespace colonnade {

/// Multiples of `step` in [low, high], exact, and 0 without a sign.
std::vector<double> ticks(double low, double high, double step);

}  // namespace colonnade
