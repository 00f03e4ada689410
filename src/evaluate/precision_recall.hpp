// A curve of precision over recall, sampled, and the average precisions that are read off it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace colonnade {

/// Precision at recall 0, 1/40, ... 1: the best at that recall or a greater one, 0 where it isn't
/// reached.
using SampledCurve = std::array<double, 41>;

/// Percent, over 40 recalls without 0 (KITTI since 2019; Simonelli et al. 2019).
double average_r40(const SampledCurve& curve) noexcept;
/// Percent, over 11 recalls with 0 (KITTI before; Everingham et al. 2010).
double average_r11(const SampledCurve& curve) noexcept;

/// A prediction that was judged.
struct Judged {
  double score = 0;
  bool right = false;
};

/// One point of the curve for each different score, so that the order of equal ones means nothing.
struct CurvePoint {
  std::int64_t right = 0, predicted = 0;  ///< Up to and with this score.

  double precision() const noexcept {
    return static_cast<double>(right) / static_cast<double>(predicted);
  }
};
std::vector<CurvePoint> curve_points(std::vector<Judged> predictions);

/// `labels`: how many there are to be found, at least 1.
SampledCurve sampled(const std::vector<CurvePoint>& points, std::int64_t labels) noexcept;

/// Percent. Precision over recall, straight between points, at 101 recalls; of those above 0.1 the
/// mean of what precision exceeds 0.1 by, over 0.9 (Caesar et al. 2020; nuscenes-devkit).
double average_nuscenes(const std::vector<CurvePoint>& points, std::int64_t labels);

/// Each sample becomes the greatest of itself and those after it.
void make_falling(SampledCurve& curve) noexcept;

}  // namespace colonnade
