#include "calibrate/histogram.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <string_view>

#include "colonnade/error.hpp"

namespace colonnade {
namespace {

constexpr std::size_t kBins = 2048;
constexpr std::size_t kLevels = 255;  ///< Of a byte, without zero.
constexpr double kShare = 0.9999;

constexpr std::array<std::string_view, 3> kNames{"minmax", "percentile", "entropy"};

}  // namespace

CalibrationMethod parse_calibration_method(const std::string& name) {
  const auto found = std::find(kNames.begin(), kNames.end(), name);
  if (found != kNames.end()) return static_cast<CalibrationMethod>(found - kNames.begin());
  throw Error(ErrorCode::invalid_argument,
              fmt::format("there is no calibration method '{}'; expected minmax, percentile or "
                          "entropy",
                          name));
}

void Histogram::add(std::span<const float> values) {
  float highest = 0;
  for (const float value : values) {
    if (!std::isfinite(value)) {
      throw Error(ErrorCode::invalid_argument,
                  fmt::format("the network makes {} of a calibration cloud", value));
    }
    low_ = std::min(low_, value);
    highest = std::max(highest, value);
  }
  if (highest == 0) return;
  widen(highest);
  for (const float value : values) {
    if (value <= 0) continue;
    ++counts_[std::min(static_cast<std::size_t>(value / width_), kBins - 1)];
    ++positive_;
  }
}

void Histogram::widen(float highest) {
  high_ = std::max(high_, highest);
  if (counts_.empty()) {
    counts_.resize(kBins);
    width_ = highest / static_cast<double>(kBins);
  }
  while (highest > width_ * static_cast<double>(kBins)) {
    for (std::size_t i = 0; i < kBins / 2; ++i) counts_[i] = counts_[2 * i] + counts_[2 * i + 1];
    std::fill(counts_.begin() + kBins / 2, counts_.end(), 0);
    width_ *= 2;
  }
}

float Histogram::highest(CalibrationMethod method) const {
  if (positive_ == 0) return 0;
  switch (method) {
    case CalibrationMethod::minmax: return high_;
    case CalibrationMethod::percentile: return percentile(kShare);
    case CalibrationMethod::entropy: return least_divergence();
  }
  return high_;
}

float Histogram::percentile(double share) const {
  const double wanted = share * static_cast<double>(positive_);
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < kBins; ++i) {
    seen += counts_[i];
    if (static_cast<double>(seen) >= wanted) {
      return std::min(high_, static_cast<float>(static_cast<double>(i + 1) * width_));
    }
  }
  return high_;
}

float Histogram::least_divergence() const {
  double best = divergence(kBins);
  std::size_t kept = kBins;
  for (std::size_t i = kLevels + 1; i < kBins; i += 16) {
    const double each = divergence(i);
    if (each < best) best = each, kept = i;
  }
  return std::min(high_, static_cast<float>(static_cast<double>(kept) * width_));
}

// Of the first `kept` bins, the last of which takes all that is above, from what is left of them in
// kLevels steps: a step's values spread evenly over those of its bins that hold any.
double Histogram::divergence(std::size_t kept) const {
  const auto outside = static_cast<double>(std::accumulate(
      counts_.begin() + static_cast<std::ptrdiff_t>(kept), counts_.end(), std::uint64_t{0}));
  const auto all = static_cast<double>(positive_);
  const double inside = all - outside;
  if (inside == 0) return INFINITY;
  double sum = 0;
  for (std::size_t level = 0; level < kLevels; ++level) {
    const std::size_t begin = level * kept / kLevels, end = (level + 1) * kept / kLevels;
    double held = 0, bins = 0;
    for (std::size_t i = begin; i < end; ++i) {
      held += static_cast<double>(counts_[i]);
      bins += counts_[i] > 0 ? 1 : 0;
    }
    for (std::size_t i = begin; i < end; ++i) {
      const double own = static_cast<double>(counts_[i]) + (i + 1 == kept ? outside : 0);
      if (own == 0) continue;
      if (counts_[i] == 0) return INFINITY;  // The cut off values would land where none is.
      sum += own / all * std::log(own / all / (held / bins / inside));
    }
  }
  return sum;
}

}  // namespace colonnade
