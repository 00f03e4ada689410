// A TensorRT plan as a program: what runs graphs runs it too.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "backends/backend.hpp"
#include "tensorrt/plan_runner.hpp"

namespace colonnade {

class PlanProgram final : public Program {
 public:
  /// Takes the plan's `first` runner; `load` makes those of further sessions.
  using Load = std::function<std::unique_ptr<PlanRunner>()>;
  PlanProgram(std::unique_ptr<PlanRunner> first, Load load);

  const Graph& signature() const noexcept { return signature_; }
  const std::vector<OptimizationProfile>& profiles() const noexcept { return profiles_; }
  const std::string& device() const noexcept { return device_; }

  /// Threads of the CPU have nothing to do.
  std::unique_ptr<Session> create_session(Executor& threads) const override;

 private:
  Graph signature_;
  std::vector<OptimizationProfile> profiles_;
  std::string device_;
  Load load_;
  mutable std::mutex mutex_;
  mutable std::unique_ptr<PlanRunner> first_;  ///< Until a session has it.
};

/// Errors as load_plan's. `plan` is kept. A plan of scattered_rpn's graph takes a BevImage's
/// pillars as they are.
std::shared_ptr<const PlanProgram> open_plan(const TensorRtLibrary& library,
                                             std::vector<std::byte> plan, const std::string& where);

}  // namespace colonnade
