#include "evaluate/precision_recall.hpp"

#include <algorithm>

namespace colonnade {

double average_r40(const SampledCurve& curve) noexcept {
  double sum = 0;
  for (std::size_t i = 1; i < curve.size(); ++i) sum += curve[i];
  return sum / 40 * 100;
}

double average_r11(const SampledCurve& curve) noexcept {
  double sum = 0;
  for (std::size_t i = 0; i < curve.size(); i += 4) sum += curve[i];
  return sum / 11 * 100;
}

std::vector<CurvePoint> curve_points(std::vector<Judged> predictions) {
  std::sort(predictions.begin(), predictions.end(),
            [](const Judged& a, const Judged& b) { return a.score > b.score; });
  std::vector<CurvePoint> points;
  CurvePoint sum;
  for (std::size_t i = 0; i < predictions.size(); ++i) {
    ++sum.predicted;
    sum.right += predictions[i].right ? 1 : 0;
    const bool last = i + 1 == predictions.size();
    if (last || predictions[i + 1].score != predictions[i].score) points.push_back(sum);
  }
  return points;
}

SampledCurve sampled(const std::vector<CurvePoint>& points, std::int64_t labels) noexcept {
  SampledCurve curve{};
  const auto steps = static_cast<std::int64_t>(curve.size()) - 1;
  for (const CurvePoint& point : points) {
    // The greatest i with recall >= i / 40, in whole numbers.
    const auto i = static_cast<std::size_t>(point.right * steps / labels);
    curve[i] = std::max(curve[i], point.precision());
  }
  make_falling(curve);
  return curve;
}

double average_nuscenes(const std::vector<CurvePoint>& points, std::int64_t labels) {
  constexpr double kLeast = 0.1;
  constexpr int kSteps = 100, kFirst = 11;
  if (points.empty() || points.back().right == 0) return 0;
  double sum = 0;
  std::size_t at = 0;  // The first point beyond the recall.
  for (int i = kFirst; i <= kSteps; ++i) {
    const double wanted = static_cast<double>(i) * static_cast<double>(labels) / kSteps;
    while (at < points.size() && static_cast<double>(points[at].right) <= wanted) ++at;
    double precision = 0;
    if (at == 0) {
      precision = points.front().precision();
    } else {
      const CurvePoint& before = points[at - 1];
      const auto left = static_cast<double>(before.right);
      if (at < points.size()) {
        const double t = (wanted - left) / (static_cast<double>(points[at].right) - left);
        precision = before.precision() + t * (points[at].precision() - before.precision());
      } else if (left == wanted) {
        precision = before.precision();
      }
    }
    sum += std::max(precision - kLeast, 0.0);
  }
  return sum / (kSteps - kFirst + 1) / (1 - kLeast) * 100;
}

void make_falling(SampledCurve& curve) noexcept {
  for (std::size_t i = curve.size() - 1; i > 0; --i)
    curve[i - 1] = std::max(curve[i - 1], curve[i]);
}

}  // namespace colonnade
