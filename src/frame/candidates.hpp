// Boxes that passed the score threshold, before NMS, in the model's own conventions.
#pragma once

#include <cstdint>
#include <vector>

namespace colonnade {

struct Candidate {
  float x, y, z;  ///< z of bottom or centre, as BoxCoding::z says.
  float length, width, height;
  float yaw;  ///< The model's own convention, as NMS wants it.
  float vx, vy;
  float score;
  std::int32_t label;
  std::int32_t anchor;     ///< Flat index over all heads.
  std::int32_t group;      ///< Boxes of different groups don't suppress each other.
  std::int32_t direction;  ///< 0 or 1, for rules that apply after NMS.
};

/// Sorted by group, then falling score, then rising anchor. Capacity is kept between frames.
struct Candidates {
  std::vector<Candidate> items;
};

}  // namespace colonnade
