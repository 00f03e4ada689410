// For work that is itself a task of some executor.
#pragma once

#include "colonnade/executor.hpp"

namespace colonnade {

/// The calling thread and nobody else; any number of threads may call one's run at once.
class SerialExecutor final : public Executor {
 public:
  int threads() const noexcept override { return 1; }
  void run(std::size_t count, Task task, void* context) override {
    for (std::size_t i = 0; i < count; ++i) task(context, i, 0);
  }
};

}  // namespace colonnade
