// The members of FrameStats and StageTimes with their names: written once, printed everywhere.
#pragma once

#include <array>
#include <cstdint>

#include "colonnade/box.hpp"

namespace colonnade {

struct StatField {
  const char* name;
  std::int64_t FrameStats::*member;
};

inline constexpr std::array kStatFields = {
    StatField{"points", &FrameStats::points},
    StatField{"non_finite", &FrameStats::non_finite},
    StatField{"zero_returns", &FrameStats::zero_returns},
    StatField{"self_hits", &FrameStats::self_hits},
    StatField{"outside_fov", &FrameStats::outside_fov},
    StatField{"out_of_range", &FrameStats::out_of_range},
    StatField{"over_pillar_points", &FrameStats::over_pillar_points},
    StatField{"over_pillar_cap", &FrameStats::over_pillar_cap},
    StatField{"pillars", &FrameStats::pillars},
    StatField{"candidates", &FrameStats::candidates},
    StatField{"candidates_truncated", &FrameStats::candidates_truncated},
    StatField{"boxes_truncated", &FrameStats::boxes_truncated},
    StatField{"boxes_out_of_range", &FrameStats::boxes_out_of_range},
};
static_assert(sizeof(FrameStats) == kStatFields.size() * sizeof(std::int64_t),
              "every count of FrameStats has its row");

struct TimeField {
  const char* name;
  double StageTimes::*member;
};

inline constexpr std::array kTimeFields = {
    TimeField{"prepare", &StageTimes::prepare}, TimeField{"pillarize", &StageTimes::pillarize},
    TimeField{"pfn", &StageTimes::pfn},         TimeField{"scatter", &StageTimes::scatter},
    TimeField{"rpn", &StageTimes::rpn},         TimeField{"decode", &StageTimes::decode},
    TimeField{"nms", &StageTimes::nms},         TimeField{"total", &StageTimes::total},
};
static_assert(sizeof(StageTimes) == kTimeFields.size() * sizeof(double),
              "every stage of StageTimes has its row");

}  // namespace colonnade
