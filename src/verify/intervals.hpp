// Between which values a statistic of frames lies, had other frames been drawn.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace colonnade {

struct Interval {
  double low = 0, high = 0;
};

/// Of a statistic of the frames with these numbers, some of them more than once.
using FrameStatistic = std::function<double(std::span<const std::size_t> frames)>;

/// The bootstrap's 95 %: whole frames are drawn with replacement, since a frame's boxes go wrong
/// together (Efron 1979). The same on every run.
Interval bootstrap(std::size_t frames, std::size_t draws, const FrameStatistic& statistic);

/// Where the middle 95 % of the values lie; zeros of none.
Interval middle_of(std::vector<double> values);

/// The greatest share of which `of` draws without a hit are still 5 % likely: the bootstrap of
/// nothing gone wrong would say that nothing ever can. 1 of no draws.
double share_behind_none(std::uint64_t of) noexcept;

}  // namespace colonnade
