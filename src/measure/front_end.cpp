#include "measure/front_end.hpp"

#include <utility>

#include "base/cpus.hpp"
#include "detector/engine_body.hpp"
#include "stages/scatter.hpp"

namespace colonnade {

FrontEnd::FrontEnd(std::shared_ptr<const Engine> engine)
    : engine_(std::move(engine)),
      threads_(usable_cpus()),
      prepare_(model(), {}, {}, threads_),
      pillarize_(model()),
      pfn_(engine_->body().plan.pfn, model(), *engine_->body().pfn, engine_->body().point_by_point,
           threads_) {}

FrontEnd::Frame FrontEnd::run(const CloudView& cloud) {
  FrameStats stats;
  Frame frame;
  frame.points = prepare_.run(cloud, stats);
  frame.pillars = pillarize_.run(frame.points, stats);
  frame.features = pfn_.run(frame.pillars);
  frame.image = scatter(frame.features, frame.pillars, model().grid);
  return frame;
}

}  // namespace colonnade
