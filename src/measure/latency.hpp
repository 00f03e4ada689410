// Times -> what people read of them.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace colonnade {

/// One run of a lane, milliseconds since the measurement began.
struct TimedRun {
  double start = 0, end = 0;
  /// When its input was there: `start`, unless inputs come at a fixed rate and it had to wait.
  double due = 0;
  std::size_t lane = 0;

  double latency() const noexcept { return end - due; }
};

/// Milliseconds.
struct Latency {
  double min = 0, max = 0, mean = 0, median = 0;
  std::vector<double> percentiles;  ///< In the order they were asked for.
};

/// The smallest value that at least `percent` of the values don't exceed; values ascending, not
/// empty.
double percentile(std::span<const double> ascending, double percent);

/// `values` not empty, in any order.
Latency summarize(std::vector<double> values, std::span<const double> percents);

}  // namespace colonnade
