// Runs lanes again and again and writes down when.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "measure/lane.hpp"
#include "measure/latency.hpp"

namespace colonnade {

struct LoopOptions {
  double warm_up_ms = 200;
  double duration_s = 3;            ///< At least so long,
  std::int64_t iterations = 10;     ///< and at least so many runs of each lane.
  double hz = 0;                    ///< Inputs come at this rate; 0: the next one is always there.
  std::function<void()> warmed_up;  ///< Called once, before the first run that counts.
};

struct Measured {
  std::vector<TimedRun> runs;  ///< Of all lanes, by their ends.
  double wall_ms = 0;
  double cpu_ms = 0;          ///< Processor time of the process meanwhile, all threads.
  double warm_up_ms = 0;      ///< What the warm-up took,
  std::int64_t warm_ups = 0;  ///< and how many runs that was.
  /// Inputs that were replaced by a newer one before a lane was ready for them (only with `hz`).
  std::int64_t dropped = 0;
  bool interrupted = false;
};

/// One thread a lane, the caller's among them. Ends early, between two runs, when `stop` becomes
/// true. What a lane throws leaves here. With `hz` a lane takes the newest input that is due, as
/// who listens to a sensor does: it waits for one, and drops those that it came too late for.
Measured measure(std::span<const std::unique_ptr<Lane>> lanes, const LoopOptions& options,
                 const std::atomic<bool>& stop);

}  // namespace colonnade
