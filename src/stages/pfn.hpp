// Pillars -> PillarFeatures: the exporter's own PFN graph, in chunks.
#pragma once

#include <memory>
#include <vector>

#include "backends/backend.hpp"
#include "colonnade/model.hpp"
#include "frame/pillar_features.hpp"
#include "frame/pillars.hpp"
#include "plan/plan.hpp"

namespace colonnade {

class Pfn {
 public:
  /// `region` and `spec` outlive this.
  Pfn(const PfnRegion& region, const ModelSpec& spec, std::unique_ptr<Session> session);

  PillarFeatures run(const Pillars& pillars);

 private:
  const PfnRegion& region_;
  const ModelSpec& spec_;
  std::unique_ptr<Session> session_;
  std::vector<Tensor> inputs_;  // One chunk's.
  std::vector<ConstTensorView> input_views_;
  std::vector<float> features_;  // [max_pillars, channels]
};

}  // namespace colonnade
