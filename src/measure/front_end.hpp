// A detector's stages up to the BEV image: what enters the graphs of a model.
#pragma once

#include <memory>
#include <string>

#include "base/thread_pool.hpp"
#include "frame/bev_image.hpp"
#include "frame/pillar_features.hpp"
#include "frame/pillars.hpp"
#include "stages/pfn.hpp"
#include "stages/pillarize.hpp"
#include "stages/prepare.hpp"

#include "colonnade/cloud.hpp"
#include "colonnade/engine.hpp"

namespace colonnade {

class FrontEnd {
 public:
  explicit FrontEnd(std::shared_ptr<const Engine> engine);
  /// Errors as Engine::open's.
  FrontEnd(const std::string& model_yaml, const EngineOptions& options)
      : FrontEnd(Engine::open(model_yaml, options)) {}

  struct Frame {
    Points points;
    Pillars pillars;
    PillarFeatures features;
    BevImage image;
  };
  /// Valid until the next run.
  Frame run(const CloudView& cloud);

  const Engine& engine() const noexcept { return *engine_; }
  std::shared_ptr<const Engine> shared_engine() const noexcept { return engine_; }
  const ModelSpec& model() const noexcept { return engine_->model(); }

 private:
  std::shared_ptr<const Engine> engine_;
  ThreadPool threads_;
  Prepare prepare_;
  Pillarize pillarize_;
  Pfn pfn_;
};

}  // namespace colonnade
