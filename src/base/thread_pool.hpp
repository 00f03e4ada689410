// Threads of one detector. Work is split by index, never by timing: results don't depend on the
// number of threads.
#pragma once

#include <cstddef>
#include <memory>
#include <type_traits>

namespace colonnade {

class ThreadPool {
 public:
  static constexpr int kMaxThreads = 1024;

  /// The caller counts as one: ThreadPool(1) starts no thread. Fewer start, and threads() says so,
  /// where the system has no more to give. Error(invalid_argument): not 1 to kMaxThreads.
  explicit ThreadPool(int threads);
  ~ThreadPool();
  int threads() const noexcept;

  /// Calls f(index, worker) for index in [0, count), worker in [0, threads()); returns when all are
  /// done. Indices are taken in ascending order by whoever is free. Does not allocate. An exception
  /// in f is rethrown here, after the rest has stopped. Not reentrant.
  template <typename F>
  void for_each(std::size_t count, F&& f) {
    run(
        count,
        [](void* self, std::size_t i, int w) {
          (*static_cast<std::remove_reference_t<F>*>(self))(i, w);
        },
        &f);
  }

 private:
  using Task = void (*)(void* context, std::size_t index, int worker);
  void run(std::size_t count, Task task, void* context);
  struct Body;
  std::unique_ptr<Body> body_;
};

/// CPUs that this process may use (affinity respected), 1 to kMaxThreads.
int usable_cpus() noexcept;

}  // namespace colonnade
