#include "measure/latency.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace colonnade {

double percentile(std::span<const double> ascending, double percent) {
  const auto count = static_cast<double>(ascending.size());
  const double rank = std::ceil(percent / 100 * count);
  return ascending[static_cast<std::size_t>(std::clamp(rank, 1.0, count)) - 1];
}

Latency summarize(std::vector<double> values, std::span<const double> percents) {
  std::sort(values.begin(), values.end());
  const std::size_t middle = values.size() / 2;
  Latency result;
  result.min = values.front();
  result.max = values.back();
  result.mean =
      std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
  result.median =
      values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
  for (const double percent : percents) result.percentiles.push_back(percentile(values, percent));
  return result;
}

}  // namespace colonnade
