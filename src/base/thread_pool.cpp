#include "base/thread_pool.hpp"

#include <fmt/core.h>

#include <atomic>
#include <chrono>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "base/cpus.hpp"
#include "colonnade/error.hpp"

namespace colonnade {
namespace {

// A frame is tens of jobs, microseconds apart: waking a sleeper takes longer than most gaps.
// Between frames nobody spins. (A layer's job lasts a millisecond or ten, a sequential stage about
// one.)
constexpr std::chrono::microseconds kSpin{200};

inline void pause() noexcept {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

/// Returns once `value` isn't `old`: after spinning where there's a CPU to spin on, else asleep.
template <typename T>
T wait_for_change(const std::atomic<T>& value, T old, bool spin) noexcept {
  if (spin) {
    const auto end = std::chrono::steady_clock::now() + kSpin;
    do {
      for (int i = 0; i < 64; ++i) {
        const T now = value.load(std::memory_order_acquire);
        if (now != old) return now;
        pause();
      }
    } while (std::chrono::steady_clock::now() < end);
  }
  for (;;) {
    value.wait(old, std::memory_order_acquire);
    const T now = value.load(std::memory_order_acquire);
    if (now != old) return now;
  }
}

}  // namespace

Executor::~Executor() = default;

struct ThreadPool::Body {
  std::vector<std::thread> workers;
  bool spin = false;

  // Written by run() before `job` changes, read by workers after.
  Task task = nullptr;
  void* context = nullptr;
  std::size_t count = 0;
  bool stop = false;
  std::mutex error_mutex;
  std::exception_ptr error;

  // Each on a cache line of its own: all threads write them at once.
  alignas(64) std::atomic<std::uint32_t> job{0};
  alignas(64) std::atomic<std::size_t> next{0};
  alignas(64) std::atomic<int> active{0};  ///< Workers that still hold the job.

  void work(int worker) noexcept {
    for (;;) {
      const std::size_t index = next.fetch_add(1, std::memory_order_relaxed);
      if (index >= count) return;
      try {
        task(context, index, worker);
      } catch (...) {
        const std::lock_guard lock(error_mutex);
        if (!error) error = std::current_exception();
        next.store(count, std::memory_order_relaxed);
      }
    }
  }

  void loop(int worker) noexcept {
    for (std::uint32_t seen = 0;;) {
      seen = wait_for_change(job, seen, spin);
      if (stop) return;
      work(worker);
      // The last one out tells run(), which may be asleep.
      if (active.fetch_sub(1, std::memory_order_acq_rel) == 1) active.notify_one();
    }
  }

  void start_job() noexcept {
    job.fetch_add(1, std::memory_order_release);
    job.notify_all();
  }
};

ThreadPool::ThreadPool(int threads) : body_(std::make_unique<Body>()) {
  if (threads < 1 || threads > kMaxThreads) {
    throw Error(ErrorCode::invalid_argument,
                fmt::format("expected 1 to {} threads, found {}", kMaxThreads, threads));
  }
  // A spinning thread must not keep a CPU from one that works.
  body_->spin = threads <= usable_cpus();
  for (int worker = 1; worker < threads; ++worker) {
    try {
      body_->workers.emplace_back([this, worker] { body_->loop(worker); });
    } catch (const std::system_error&) {
      break;  // The system has no more threads to give: results don't depend on how many there are.
    }
  }
}

ThreadPool::~ThreadPool() {
  body_->stop = true;
  body_->start_job();
  for (std::thread& worker : body_->workers) worker.join();
}

int ThreadPool::threads() const noexcept {
  return static_cast<int>(body_->workers.size()) + 1;
}

void ThreadPool::run(std::size_t count, Task task, void* context) {
  if (count == 0) return;
  Body& b = *body_;
  if (b.workers.empty() || count == 1) {
    for (std::size_t i = 0; i < count; ++i) task(context, i, 0);
    return;
  }
  b.task = task;
  b.context = context;
  b.count = count;
  b.next.store(0, std::memory_order_relaxed);
  b.active.store(static_cast<int>(b.workers.size()), std::memory_order_relaxed);
  b.start_job();
  b.work(0);
  for (int left = b.active.load(std::memory_order_acquire); left != 0;) {
    left = wait_for_change(b.active, left, b.spin);
  }
  if (b.error) std::rethrow_exception(std::exchange(b.error, nullptr));
}

}  // namespace colonnade
