#include "doctor/azimuth.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>

namespace colonnade {
namespace {

constexpr double kDegrees = 57.29577951308232;
constexpr std::size_t kBins = 72;
constexpr double kBin = 360.0 / kBins;
constexpr std::size_t kOpening = 18;  // Bins.
constexpr double kNear = 1.5;         // Metres: the robot itself.

}  // namespace

ViewSector view_sector(std::span<const Vec3> points) {
  std::array<std::int64_t, kBins> counts{};
  std::int64_t total = 0;
  for (const Vec3& p : points) {
    if (std::hypot(p[0], p[1]) < kNear) continue;
    const double turn = (std::atan2(p[1], p[0]) * kDegrees + 360) / kBin;
    ++counts[static_cast<std::size_t>(turn) % kBins];
    ++total;
  }
  // A tenth of what every bin would hold if all held the same; strays don't fill one.
  const std::int64_t enough =
      std::max<std::int64_t>(1, total / static_cast<std::int64_t>(10 * kBins));
  std::size_t gap = 0, gap_end = 0, run = 0;
  for (std::size_t i = 0; i < 2 * kBins; ++i) {  // Twice around: a gap may lie over +-180 degrees.
    run = counts[i % kBins] >= enough ? 0 : run + 1;
    if (run > gap && run <= kBins) gap = run, gap_end = i + 1;
  }
  if (total == 0 || gap < kOpening || gap == kBins) return {};
  ViewSector sector;
  sector.coverage = static_cast<double>(kBins - gap) * kBin;
  sector.center = std::remainder(static_cast<double>(gap_end) * kBin + sector.coverage / 2, 360.0);
  return sector;
}

}  // namespace colonnade
