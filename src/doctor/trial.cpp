#include "doctor/trial.hpp"

#include "colonnade/detector.hpp"

namespace colonnade {
namespace {

constexpr float kLowest = 1e-4F;

void run(const std::shared_ptr<const Engine>& engine, const DetectorOptions& options,
         std::span<const CloudView> clouds, Trial& trial) {
  Detector detector(engine, options);
  Detections detections;
  for (std::size_t i = 0; i < clouds.size(); ++i) {
    detector.detect(clouds[i], detections);
    trial.boxes += static_cast<std::int64_t>(detections.boxes.size());
    for (const Box& box : detections.boxes) {
      if (trial.best && box.score <= trial.best->score) continue;
      trial.best = box;
      trial.best_cloud = i;
    }
  }
}

}  // namespace

Trial try_sensor(const std::shared_ptr<const Engine>& engine, const SensorSpec& sensor,
                 std::span<const CloudView> clouds, int threads) {
  DetectorOptions options;
  options.sensor = sensor;
  options.threads = threads;
  Trial trial;
  trial.threshold = engine->model().post.score_threshold;
  run(engine, options, clouds, trial);
  // Halving keeps the candidates few; at 0 every anchor would enter NMS.
  for (float score = trial.threshold / 2; !trial.best && score > kLowest; score /= 2) {
    options.score_threshold = score;
    run(engine, options, clouds, trial);
  }
  if (trial.best && options.score_threshold) trial.boxes = 0;  // None of them passes.
  return trial;
}

}  // namespace colonnade
