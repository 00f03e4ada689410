#include <cmath>

#include "colonnade/model.hpp"

namespace colonnade {
namespace {

/// Cells of an axis as every exporter counts them: rounded to the nearest, in double. The float
/// values 69.12 and 0.16 give 431.99999 cells, which truncation would turn into 431.
std::int64_t cells(float min, float max, float cell) noexcept {
  const double count = (static_cast<double>(max) - min) / cell;
  return std::isfinite(count) && std::abs(count) < 1e15 ? std::llround(count) : 0;
}

}  // namespace

std::int64_t GridSpec::nx() const noexcept {
  return cells(min[0], max[0], cell[0]);
}
std::int64_t GridSpec::ny() const noexcept {
  return cells(min[1], max[1], cell[1]);
}

}  // namespace colonnade
