#include "base/thread_pool.hpp"

#include <fmt/core.h>
#include <sched.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "colonnade/error.hpp"

namespace colonnade {

struct ThreadPool::Body {
  std::vector<std::thread> workers;
  std::mutex mutex;
  std::condition_variable wake, done;
  // Guarded by mutex: the job, its number, and how many workers still hold it.
  Task task = nullptr;
  void* context = nullptr;
  std::size_t count = 0;
  std::uint64_t job = 0;
  int active = 0;
  bool stop = false;
  std::exception_ptr error;
  std::atomic<std::size_t> next{0};

  void work(int worker) {
    for (;;) {
      const std::size_t index = next.fetch_add(1, std::memory_order_relaxed);
      if (index >= count) return;
      try {
        task(context, index, worker);
      } catch (...) {
        const std::lock_guard lock(mutex);
        if (!error) error = std::current_exception();
        next.store(count, std::memory_order_relaxed);
      }
    }
  }

  void loop(int worker) {
    std::uint64_t seen = 0;
    std::unique_lock lock(mutex);
    for (;;) {
      wake.wait(lock, [&] { return stop || job != seen; });
      if (stop) return;
      seen = job;
      lock.unlock();
      work(worker);
      lock.lock();
      if (--active == 0) done.notify_one();
    }
  }
};

ThreadPool::ThreadPool(int threads) : body_(std::make_unique<Body>()) {
  if (threads < 1 || threads > kMaxThreads) {
    throw Error(ErrorCode::invalid_argument,
                fmt::format("expected 1 to {} threads, found {}", kMaxThreads, threads));
  }
  for (int worker = 1; worker < threads; ++worker) {
    try {
      body_->workers.emplace_back([this, worker] { body_->loop(worker); });
    } catch (const std::system_error&) {
      break;  // The system has no more threads to give: results don't depend on how many there are.
    }
  }
}

ThreadPool::~ThreadPool() {
  {
    const std::lock_guard lock(body_->mutex);
    body_->stop = true;
  }
  body_->wake.notify_all();
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
  {
    const std::lock_guard lock(b.mutex);
    b.task = task;
    b.context = context;
    b.count = count;
    b.error = nullptr;
    b.next.store(0, std::memory_order_relaxed);
    b.active = static_cast<int>(b.workers.size());
    ++b.job;
  }
  b.wake.notify_all();
  b.work(0);
  std::unique_lock lock(b.mutex);
  b.done.wait(lock, [&] { return b.active == 0; });
  if (b.error) std::rethrow_exception(std::exchange(b.error, nullptr));
}

int usable_cpus() noexcept {
  cpu_set_t set;
  const int count = sched_getaffinity(0, sizeof set, &set) == 0
                        ? CPU_COUNT(&set)
                        : static_cast<int>(std::thread::hardware_concurrency());
  return std::clamp(count, 1, ThreadPool::kMaxThreads);
}

}  // namespace colonnade
