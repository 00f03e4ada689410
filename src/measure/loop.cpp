#include "measure/loop.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <ctime>
#include <exception>
#include <thread>

namespace colonnade {
namespace {

using Clock = std::chrono::steady_clock;

double ms_since(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

double process_cpu_ms() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) * 1e-6;
}

/// One lane's part of the measurement.
struct Part {
  std::vector<TimedRun> runs;
  std::int64_t warm_ups = 0, dropped = 0;
  std::exception_ptr error;
};

class Loop {
 public:
  Loop(std::span<const std::unique_ptr<Lane>> lanes, const LoopOptions& options,
       const std::atomic<bool>& stop)
      : lanes_(lanes), options_(options), stop_(stop), parts_(lanes.size()) {}

  Measured run() {
    each_lane([this](std::size_t l) { warm_up(l); });
    Measured result;
    result.warm_up_ms = ms_since(start_);
    if (options_.warmed_up) options_.warmed_up();
    const double cpu = process_cpu_ms();
    each_lane([this](std::size_t l) { measure(l); });
    result.wall_ms = ms_since(start_);
    result.cpu_ms = process_cpu_ms() - cpu;
    for (const Part& part : parts_) {
      result.runs.insert(result.runs.end(), part.runs.begin(), part.runs.end());
      result.warm_ups += part.warm_ups;
      result.dropped += part.dropped;
    }
    std::sort(result.runs.begin(), result.runs.end(),
              [](const TimedRun& a, const TimedRun& b) { return a.end < b.end; });
    result.interrupted = stop_;
    return result;
  }

 private:
  // Calls f(lane) for all of them at once.
  template <typename F>
  void each_lane(F&& f) {
    start_ = Clock::now();
    const auto guarded = [&](std::size_t l) {
      try {
        f(l);
      } catch (...) {
        parts_[l].error = std::current_exception();
        failed_ = true;
      }
    };
    std::vector<std::thread> threads;
    for (std::size_t l = 1; l < lanes_.size(); ++l) threads.emplace_back(guarded, l);
    guarded(0);
    for (std::thread& thread : threads) thread.join();
    for (const Part& part : parts_) {
      if (part.error) std::rethrow_exception(part.error);
    }
  }

  bool stopped() const { return stop_ || failed_; }

  void warm_up(std::size_t l) {
    while (!stopped() && ms_since(start_) < options_.warm_up_ms) {
      lanes_[l]->run();
      ++parts_[l].warm_ups;
    }
  }

  void measure(std::size_t l) {
    Part& part = parts_[l];
    part.runs.reserve(4096);
    const double period = options_.hz > 0 ? 1e3 / options_.hz : 0;
    double input = 0;  // How many came before the one to take.
    double now = ms_since(start_);
    while (!stopped() && (static_cast<std::int64_t>(part.runs.size()) < options_.iterations ||
                          now < options_.duration_s * 1e3)) {
      TimedRun run;
      run.lane = l;
      if (period > 0) {
        run.due = wait_for(input, period, part);
        if (stopped()) break;
      }
      run.start = ms_since(start_);
      if (period == 0) run.due = run.start;
      lanes_[l]->run();
      now = run.end = ms_since(start_);
      part.runs.push_back(run);
    }
  }

  // When the input that is to be taken was there; `input` becomes the number of the next.
  double wait_for(double& input, double period, Part& part) const {
    const double newest = std::floor(ms_since(start_) / period);
    if (newest > input) {
      part.dropped += static_cast<std::int64_t>(newest - input);
      input = newest;
    }
    const double due = input++ * period;
    // In pieces, so that an interrupt is heard.
    while (!stopped() && ms_since(start_) < due) {
      std::this_thread::sleep_for(
          std::chrono::duration<double, std::milli>(std::min(due - ms_since(start_), 50.0)));
    }
    return due;
  }

  std::span<const std::unique_ptr<Lane>> lanes_;
  const LoopOptions& options_;
  const std::atomic<bool>& stop_;
  std::atomic<bool> failed_ = false;
  std::vector<Part> parts_;
  Clock::time_point start_;
};

}  // namespace

Measured measure(std::span<const std::unique_ptr<Lane>> lanes, const LoopOptions& options,
                 const std::atomic<bool>& stop) {
  return Loop(lanes, options, stop).run();
}

}  // namespace colonnade
