// Who runs a detector's parallel work: a pool of its own, or the caller's.
#pragma once

#include <cstddef>
#include <type_traits>

#include "colonnade/export.hpp"

namespace colonnade {

/// Implement it over an application's own pool (TBB, OpenMP, Taskflow, ...) and pass it in
/// DetectorOptions::executor. Results don't depend on how many threads there are nor on who takes
/// which index. One executor may serve several detectors if its `run` may be called by several
/// threads at once.
class COLONNADE_EXPORT Executor {
 public:
  using Task = void (*)(void* context, std::size_t index, int worker);

  virtual ~Executor();

  /// How many `worker` numbers there are, the calling thread's included: at least 1, at most 1024,
  /// the same for as long as a detector uses it.
  virtual int threads() const noexcept = 0;

  /// Calls task(context, index, worker) once for every index in [0, count), in any order, and
  /// returns when all calls have returned. `worker` is in [0, threads()); calls of one `run` that
  /// overlap in time have different workers. If a task throws, the rest may be left out; the
  /// exception (of several, any) leaves here. Not called from within a task.
  virtual void run(std::size_t count, Task task, void* context) = 0;

  /// run() with f(index, worker).
  template <typename F>
  void for_each(std::size_t count, F&& f) {
    run(
        count,
        [](void* self, std::size_t index, int worker) {
          (*static_cast<std::remove_reference_t<F>*>(self))(index, worker);
        },
        const_cast<void*>(static_cast<const void*>(&f)));
  }
};

}  // namespace colonnade
