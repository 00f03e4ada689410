// Pillars -> PillarFeatures: the exporter's own PFN graph, in chunks.
#pragma once

#include <memory>
#include <vector>

#include "backends/backend.hpp"
#include "base/serial_executor.hpp"
#include "colonnade/executor.hpp"
#include "colonnade/model.hpp"
#include "frame/pillar_features.hpp"
#include "frame/pillars.hpp"
#include "plan/plan.hpp"

namespace colonnade {

class Pfn {
 public:
  /// `program` is the region's graph's. `region`, `spec` and `executor` outlive this.
  Pfn(const PfnRegion& region, const ModelSpec& spec, const Program& program, Executor& executor);

  Pfn(const Pfn&) = delete;  // Sessions know serial_.

  PillarFeatures run(const Pillars& pillars);

 private:
  /// What a thread computes its chunks with.
  struct Worker {
    std::unique_ptr<Session> session;
    std::vector<Tensor> inputs;  ///< One chunk's.
    std::vector<ConstTensorView> views;
  };
  void run_chunk(Worker& worker, const Pillars& pillars, std::int64_t first);

  const PfnRegion& region_;
  const ModelSpec& spec_;
  Executor& executor_;
  SerialExecutor serial_;
  std::vector<Worker> workers_;
  std::vector<float> features_;  ///< [max_pillars, channels]
};

}  // namespace colonnade
