// Candidates -> boxes: suppression, caps, order, and the canonical form.
#pragma once

#include <cstdint>
#include <vector>

#include "colonnade/box.hpp"
#include "colonnade/model.hpp"
#include "frame/candidates.hpp"
#include "stages/iou.hpp"
#include "stages/kept_index.hpp"
#include "stages/sensor_frame.hpp"

namespace colonnade {

class Nms {
 public:
  Nms(const ModelSpec& model, const SensorSpec& sensor);

  /// Overwrites out.boxes and adds to out.stats; boxes are in the sensor's frame.
  void run(const Candidates& candidates, Detections& out);

 private:
  using Items = std::vector<Candidate>;

  /// Appends to kept_ those of group [first, last) that no better one of it suppresses.
  void suppress(const Items& items, std::int32_t first, std::int32_t last);
  void reserve(std::size_t candidates);
  std::size_t most_boxes(std::size_t candidates) const noexcept;
  void cap_and_order(const Items& items);
  bool in_range(const Candidate& candidate) const noexcept;
  Box canonical(const Candidate& candidate) const noexcept;

  BoxCoding coding_;
  PostSpec post_;
  SensorFrame frame_;
  Iou iou_;
  KeptIndex index_;
  std::vector<Footprint> footprints_;  ///< Of kept_, of the current group.
  std::vector<std::int32_t> kept_;     ///< Indices into the candidates.
  std::int64_t cut_ = 0;
};

}  // namespace colonnade
