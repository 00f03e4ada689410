// What a detector answers: canonical boxes, counts of everything that was dropped, times.
#pragma once

#include <cstdint>
#include <vector>

namespace colonnade {

/// One detected object in the cloud's own frame, metres and radians.
struct Box {
  float x = 0, y = 0, z = 0;                ///< Centre.
  float length = 0, width = 0, height = 0;  ///< Extent along heading, across it, up.
  float yaw = 0;            ///< Counter-clockwise from +x seen from above, in (-pi, pi].
  float score = 0;          ///< In [0, 1].
  std::int32_t label = 0;   ///< Index into the model's class names.
  std::int32_t anchor = 0;  ///< Flat index of the anchor (or output row) that made it; breaks ties.
  float vx = 0, vy = 0;     ///< Metres a second; meaningful when Detections::has_velocity.
};

/// Counts of one frame. Nothing is dropped that isn't counted here.
struct FrameStats {
  std::int64_t points = 0;              ///< In the cloud.
  std::int64_t non_finite = 0;          ///< Dropped: a coordinate was NaN or infinite.
  std::int64_t zero_returns = 0;        ///< Dropped: exactly (0, 0, 0), where sensor.yaml says so.
  std::int64_t self_hits = 0;           ///< Dropped: inside the robot's own box.
  std::int64_t outside_fov = 0;         ///< Dropped: outside the requested field of view.
  std::int64_t out_of_range = 0;        ///< Dropped: outside the grid.
  std::int64_t over_pillar_points = 0;  ///< Dropped: their pillar already held max_points.
  std::int64_t over_pillar_cap = 0;  ///< Dropped: they'd have opened a pillar beyond max_pillars.
  std::int64_t pillars = 0;          ///< Non-empty pillars that entered the network.
  std::int64_t candidates = 0;       ///< Anchors (or rows) that passed the score threshold.
  std::int64_t candidates_truncated = 0;  ///< Of these, cut by top-K before NMS.
  std::int64_t boxes_truncated = 0;       ///< Kept by NMS, cut by the cap after it.
  std::int64_t boxes_out_of_range = 0;    ///< Left after that, outside the model's range filter.
};

/// Wall-clock milliseconds a stage of one frame; docs/design.md draws their order.
struct StageTimes {
  double prepare = 0, pillarize = 0, pfn = 0, scatter = 0, rpn = 0, decode = 0, nms = 0, total = 0;
};

/// What Detector::detect answers. Keep one and pass it again: its memory is reused.
struct Detections {
  std::vector<Box> boxes;     ///< In the order the model's rules give (most: by score).
  bool has_velocity = false;  ///< Whether the model gives Box::vx and vy.
  FrameStats stats;
  StageTimes times_ms;
};

}  // namespace colonnade
