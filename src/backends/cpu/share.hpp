// Loops whose iterations threads share.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "base/divide_up.hpp"

#include "colonnade/executor.hpp"

namespace colonnade::cpu {

/// Calls f(i) for each i below `count`, `per_task` in a row to a task.
template <typename F>
void share_items(std::int64_t count, std::int64_t per_task, Executor& threads, F&& f) {
  const std::int64_t tasks = divide_up(count, per_task);
  threads.for_each(static_cast<std::size_t>(tasks), [&](std::size_t task, int) {
    const std::int64_t first = static_cast<std::int64_t>(task) * per_task;
    for (std::int64_t i = first; i < std::min(first + per_task, count); ++i) f(i);
  });
}

/// A block of scratch memory for each thread.
struct ThreadScratch {
  std::byte* first = nullptr;
  std::int64_t bytes = 0;  ///< Of each.

  std::byte* of(int worker) const { return first + worker * bytes; }
};

}  // namespace colonnade::cpu
