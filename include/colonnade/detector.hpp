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
#include "colonnade/layer_run.hpp"
#include "colonnade/log.hpp"
#include "colonnade/model.hpp"

namespace colonnade {

/// Called before each stage of a frame with its name, a member of StageTimes, from the thread that
/// called detect: for tracing. Empty: nobody is told.
using StageCallback = std::function<void(std::string_view stage)>;

/// Out-of-range values are Error(invalid_argument) of the constructor or of open.
struct DetectorOptions {
  std::string backend = "auto";    ///< Of Detector::open, as EngineOptions::backend.
  std::string isa = "auto";        ///< Likewise; as EngineOptions::isa.
  std::string precision = "auto";  ///< Likewise; as EngineOptions::precision.
  bool dense = false;              ///< Likewise; as EngineOptions::dense.
  bool direct = false;             ///< Likewise; as EngineOptions::direct.
  TensorRtPlaces tensorrt;         ///< Likewise; as EngineOptions::tensorrt.
  /// Up to 1024; 0: as many as the process may use (its affinity and its container's quota). A pool
  /// of the detector's own; its threads spin for a moment between the layers of a frame, sleep
  /// between frames.
  int threads = 0;
  std::shared_ptr<Executor> executor;  ///< Instead of a pool of its own; `threads` is then unused.
  SensorSpec sensor;                   ///< How the sensor is mounted; boxes stay in its frame.
  std::optional<float> score_threshold;  ///< Instead of the model's, 0 to 1.
  std::optional<float> field_of_view;    ///< Keep only so many radians around +x, above 0.
  /// Told once a detector that the clouds lack what the network was trained with: intensity, dt.
  LogCallback log;
  StageCallback on_stage;
  LayerCallback on_layer;  ///< Told of each layer of the RPN after it has run.
};

/// Not thread-safe; two detectors share nothing mutable. After the first frames `detect` allocates
/// nothing. If it throws, the detector is as new.
class COLONNADE_EXPORT Detector {
 public:
  /// An engine of its own; errors as Engine::open's.
  static Detector open(const std::string& path, const DetectorOptions& options = {});
  /// Keeps the engine alive. Error(invalid_argument): no engine, options out of range.
  Detector(std::shared_ptr<const Engine> engine, const DetectorOptions& options = {});
  Detector(Detector&&) noexcept;
  Detector& operator=(Detector&&) noexcept;
  ~Detector();

  /// Overwrites `out`; its capacity is reused. Any number of points below 2^31, 0 too: what is
  /// beyond the model's caps is dropped and counted. Error(mismatch): the cloud has no x, y or z;
  /// invalid_argument: a field that reaches beyond the stride, no data; limit: more points.
  void detect(const CloudView& cloud, Detections& out);

  const Engine& engine() const noexcept;
  const std::string& isa() const noexcept;  ///< As Engine::isa.
  int threads() const noexcept;             ///< That compute, the caller's included.

 private:
  struct Body;
  std::unique_ptr<Body> body_;
};

}  // namespace colonnade
