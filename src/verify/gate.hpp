// The gate of reduced precisions: an engine's boxes beside those of the same graphs in FP32, on a
// user's clouds.
#pragma once

#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "colonnade/detector.hpp"
#include "colonnade/io.hpp"
#include "colonnade/tensorrt_places.hpp"
#include "engine_file/gate.hpp"
#include "evaluate/objects.hpp"
#include "verify/fates.hpp"

namespace colonnade {

/// What passes.
struct GateLimits {
  SameBox same;
  double lost = 0.005, invented = 0.005;  ///< Shares of boxes.
  double precision = 0.5;                 ///< Percent of average precision lost.
};

struct GateRequest {
  std::string engine;               ///< Of a model.
  std::vector<std::string> clouds;  ///< Files.
  CloudFormat format = CloudFormat::automatic;
  std::string labels;  ///< As `eval` takes them; empty: none.
  std::string calib;   ///< KITTI's, for KITTI's labels; empty: none.
  int threads = 0;
  GateLimits limits;
  TensorRtPlaces tensorrt;                                 ///< For an engine with a plan.
  std::function<void(const std::string& cloud)> on_cloud;  ///< Before each, of FP32's run.
};

/// Of a class, in a band of ranges.
struct GateRow {
  std::string class_name;
  double from = 0, to = std::numeric_limits<double>::infinity();  ///< Metres.
  std::uint64_t exact = 0, lost = 0, given = 0, invented = 0;
};

struct GateReport {
  EngineGate gate;
  std::string precision;      ///< Engine::precision.
  std::vector<GateRow> rows;  ///< By class; all ranges first, then bands with boxes.
};

/// Hashes of the files' contents, one a cloud. Error(invalid_argument): two of one name or content,
/// or one whose hash is among `calibrated`, those of an engine's calibration.
std::vector<std::string> hash_gate_clouds(const std::vector<std::string>& clouds,
                                          const std::vector<std::string>& calibrated);

/// Sets verdict and reason by the rest. Pass: with 95 % no limit is exceeded. Fail: with 95 % one
/// is.
void judge(EngineGate& gate);

/// No limit is exceeded by what was seen, whether or not that is enough for a verdict.
bool holds(const EngineGate& gate);

/// FP32's boxes on the clouds, found once; then any engine's beside them.
class Gate {
 public:
  /// Errors as Engine::open's, read_cloud's, eval's and hash_gate_clouds's.
  explicit Gate(GateRequest request);

  /// The engine in the file.
  GateReport judge();
  /// One of the same model.
  GateReport judge(std::shared_ptr<const Engine> engine);

  /// How far its boxes are from FP32's on up to so many of the clouds: the root of the mean of
  /// (1 - IoU)^2.
  double distance(std::shared_ptr<const Engine> engine, std::size_t clouds);
  /// The time of one's network by another's on as many clouds, which take turns: the median of
  /// some rounds.
  double time_ratio(std::shared_ptr<const Engine> engine, std::shared_ptr<const Engine> other,
                    std::size_t clouds);

  const GateRequest& request() const noexcept { return request_; }

 private:
  std::vector<std::string> sample(std::size_t clouds) const;

  GateRequest request_;
  std::shared_ptr<Executor> pool_;
  DetectorOptions options_;
  std::string key_;                  ///< EngineOrigin::key.
  Frames<LidarObject> exact_;        ///< By name of the cloud.
  std::vector<std::string> hashes_;  ///< Of the clouds.
};

/// Puts the verdict into the engine.
void store_gate(const std::string& engine, const EngineGate& gate);

/// Tables for people.
std::string gate_text(const GateReport& report);
/// A line each: verdict, boxes lost and invented, average precision.
std::string gate_summary(const EngineGate& gate);

}  // namespace colonnade
