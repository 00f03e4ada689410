#include "verify/intervals.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/random.hpp"

namespace colonnade {

Interval bootstrap(std::size_t frames, std::size_t draws, const FrameStatistic& statistic) {
  if (frames == 0 || draws == 0) return {};
  Random random(frames);
  std::vector<std::size_t> drawn(frames);
  std::vector<double> values;
  for (std::size_t draw = 0; draw < draws; ++draw) {
    for (std::size_t& frame : drawn) {
      frame = static_cast<std::size_t>(random.uniform() * static_cast<double>(frames));
    }
    values.push_back(statistic(drawn));
  }
  return middle_of(std::move(values));
}

Interval middle_of(std::vector<double> values) {
  if (values.empty()) return {};
  std::sort(values.begin(), values.end());
  const auto at = [&](double share) {
    return values[static_cast<std::size_t>(share * static_cast<double>(values.size() - 1) + 0.5)];
  };
  return {at(0.025), at(0.975)};
}

double share_behind_none(std::uint64_t of) noexcept {
  return of == 0 ? 1 : 1 - std::pow(0.05, 1 / static_cast<double>(of));
}

}  // namespace colonnade
