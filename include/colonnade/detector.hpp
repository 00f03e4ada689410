// Points in, boxes out: one thread's mutable context on an engine.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "colonnade/box.hpp"
#include "colonnade/cloud.hpp"
#include "colonnade/engine.hpp"
#include "colonnade/executor.hpp"
#include "colonnade/export.hpp"
#include "colonnade/log.hpp"
#include "colonnade/model.hpp"

namespace colonnade {

/// Called before each stage of a frame with its name, a member of StageTimes, from the thread that
/// called detect: for tracing. Empty: nobody is told.
using StageCallback = std::function<void(std::string_view stage)>;

struct DetectorOptions {
  std::string backend = "cpu";  ///< Of Detector::open; an engine brings its own.
  std::string isa = "auto";     ///< Likewise; as EngineOptions::isa.
  /// Up to 1024; 0: as many as the process may use (its affinity and its container's quota). A pool
  /// of the detector's own; its threads spin for a moment between the layers of a frame, sleep
  /// between frames.
  int threads = 0;
  std::shared_ptr<Executor> executor;  ///< Instead of a pool of its own; `threads` is then unused.
  SensorSpec sensor;
  std::optional<float> score_threshold;  ///< Overrides the model's.
  std::optional<float> field_of_view;    ///< Keep only this many radians around +x.
  LogCallback log;
  StageCallback on_stage;
};

/// Not thread-safe; two detectors share nothing mutable. After the first frames `detect` allocates
/// nothing. If it throws, the detector is as new.
class COLONNADE_EXPORT Detector {
 public:
  static Detector open(const std::string& model_yaml, const DetectorOptions& options = {});
  Detector(std::shared_ptr<const Engine> engine, const DetectorOptions& options = {});
  Detector(Detector&&) noexcept;
  Detector& operator=(Detector&&) noexcept;
  ~Detector();

  /// Overwrites `out`; its capacity is reused.
  void detect(const CloudView& cloud, Detections& out);

  const Engine& engine() const noexcept;
  const std::string& isa() const noexcept;  ///< As Engine::isa.
  int threads() const noexcept;

 private:
  struct Body;
  std::unique_ptr<Body> body_;
};

}  // namespace colonnade
