// Threads of one detector: spin for the next job for a while, then sleep.
#pragma once

#include <cstddef>
#include <memory>

#include "colonnade/executor.hpp"

namespace colonnade {

class ThreadPool final : public Executor {
 public:
  static constexpr int kMaxThreads = 1024;

  /// The caller counts as one: ThreadPool(1) starts no thread. Fewer start, and threads() says so,
  /// where the system has no more to give. Error(invalid_argument): not 1 to kMaxThreads.
  explicit ThreadPool(int threads);
  ~ThreadPool() override;
  int threads() const noexcept override;

  /// Indices are taken in ascending order by whoever is free. Does not allocate. Not reentrant.
  void run(std::size_t count, Task task, void* context) override;

 private:
  struct Body;
  std::unique_ptr<Body> body_;
};

}  // namespace colonnade
