// Cloud -> Points: reads fields by name, drops what isn't a measurement, moves to the model frame.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "colonnade/box.hpp"
#include "colonnade/cloud.hpp"
#include "colonnade/executor.hpp"
#include "colonnade/model.hpp"
#include "frame/points.hpp"
#include "stages/sensor_frame.hpp"

namespace colonnade {

class Prepare {
 public:
  /// `field_of_view`: keep this many radians around the model's +x. `threads` must outlive this.
  Prepare(const ModelSpec& model, const SensorSpec& sensor, std::optional<float> field_of_view,
          Executor& threads);

  /// Points in the cloud's order; valid until the next run. Every drop is counted in `stats`.
  /// Error(mismatch): x, y or z is missing. Error(invalid_argument): a field leaves its point.
  Points run(const CloudView& cloud, FrameStats& stats);

  /// Whether the last cloud had them; without, intensity and dt are 0.
  bool found_intensity() const noexcept { return found_intensity_; }
  bool found_dt() const noexcept { return found_dt_; }

 private:
  /// One chunk's points, packed at the chunk's own offset, and what it dropped.
  struct Chunk {
    std::int64_t kept = 0;
    FrameStats drops;
  };

  template <typename Read>
  void read_chunks(const Read& read, std::int64_t count);
  bool admit(Point& point, FrameStats& drops) const noexcept;
  bool in_field_of_view(const Point& point) const noexcept;
  void reserve(std::int64_t count);

  SensorSpec sensor_;
  SensorFrame frame_;
  float ego_radius_;
  std::optional<double> cos_half_view_;
  Executor& threads_;
  bool found_intensity_ = false, found_dt_ = false;
  std::unique_ptr<Point[]> points_;
  std::int64_t capacity_ = 0;
  std::vector<Chunk> chunks_;
};

}  // namespace colonnade
