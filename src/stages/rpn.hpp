// BevImage -> HeadMaps: backbone and heads.
#pragma once

#include <memory>

#include "backends/backend.hpp"
#include "colonnade/model.hpp"
#include "frame/bev_image.hpp"
#include "frame/head_maps.hpp"
#include "plan/plan.hpp"

namespace colonnade {

class Rpn {
 public:
  /// `region` outlives this.
  Rpn(const RpnRegion& region, const ModelSpec& spec, std::unique_ptr<Session> session);

  const HeadMaps& run(const BevImage& image);

 private:
  const RpnRegion& region_;
  std::unique_ptr<Session> session_;
  HeadMaps maps_;
};

}  // namespace colonnade
