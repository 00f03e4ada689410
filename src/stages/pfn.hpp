// Pillars -> PillarFeatures: the exporter's own PFN graph, in chunks; or what it comes to.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "backends/backend.hpp"
#include "base/serial_executor.hpp"
#include "colonnade/executor.hpp"
#include "colonnade/model.hpp"
#include "frame/pillar_features.hpp"
#include "frame/pillars.hpp"
#include "kernels/linear_pfn/linear_pfn.hpp"
#include "plan/plan.hpp"

namespace colonnade {

class Pfn {
 public:
  /// `program` is the region's graph's. `point_by_point`: region.linear, where there is one, may
  /// stand in for it, with the kernel of that instruction set; it rounds otherwise. `region`,
  /// `spec` and `executor` outlive this.
  Pfn(const PfnRegion& region, const ModelSpec& spec, const Program& program,
      std::optional<Isa> point_by_point, Executor& executor);

  Pfn(const Pfn&) = delete;  // Sessions know serial_.

  PillarFeatures run(const Pillars& pillars);

 private:
  /// What a thread computes its chunks with.
  struct Worker {
    std::unique_ptr<Session> session;
    std::vector<Tensor> inputs;  ///< One chunk's.
    std::vector<ConstTensorView> views;
  };
  void make_workers(const Program& program);
  void run_points(const Pillars& pillars);
  void run_graph(const Pillars& pillars);
  void run_chunk(Worker& worker, const Pillars& pillars, std::int64_t first);

  const PfnRegion& region_;
  const ModelSpec& spec_;
  Executor& executor_;
  SerialExecutor serial_;
  LinearPfnKernel kernel_ = nullptr;  ///< Null: by the graph.
  std::vector<Worker> workers_;
  std::vector<float> features_;  ///< [max_pillars, channels]
};

}  // namespace colonnade
