// How often which value: what a map's byte of 255 is to stand for.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace colonnade {

enum class CalibrationMethod {
  minmax,      ///< The greatest that was seen.
  percentile,  ///< What 99.99 % of the positive values don't exceed.
  /// Where cutting off what is above loses least information (Migacz 2017: the divergence of the
  /// values' distribution from that of 255 steps).
  entropy,
};

/// "minmax", "percentile", "entropy"; Error(invalid_argument) on others.
CalibrationMethod parse_calibration_method(const std::string& name);

/// Of a channel that is never negative; negative values are noted, not counted. Zeros aren't
/// counted either: most of a map is empty, and zero is exact whatever the scale.
class Histogram {
 public:
  /// Error(invalid_argument): not finite.
  void add(std::span<const float> values);

  float low() const noexcept { return low_; }  ///< The least, 0 at most.
  /// 0: nothing positive was seen.
  float highest(CalibrationMethod method) const;

 private:
  void widen(float highest);
  float percentile(double share) const;
  float least_divergence() const;
  double divergence(std::size_t kept) const;

  std::vector<std::uint64_t> counts_;  ///< Of steps of `width_`; doubled as greater values come.
  double width_ = 0;
  float low_ = 0, high_ = 0;
  std::uint64_t positive_ = 0;
};

}  // namespace colonnade
