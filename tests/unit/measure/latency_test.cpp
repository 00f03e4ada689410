#include "measure/latency.hpp"

#include <gtest/gtest.h>

#include <numeric>

namespace colonnade {
namespace {

TEST(Latency, OfKnownValues) {
  const double percents[] = {90, 99, 100, 1};
  const Latency latency = summarize({4, 1, 3, 2}, percents);
  EXPECT_EQ(latency.min, 1);
  EXPECT_EQ(latency.max, 4);
  EXPECT_EQ(latency.mean, 2.5);
  EXPECT_EQ(latency.median, 2.5);
  EXPECT_EQ(latency.percentiles, (std::vector<double>{4, 4, 4, 1}));
}

TEST(Latency, PercentileIsTheSmallestThatEnoughDontExceed) {
  std::vector<double> values(200);
  std::iota(values.begin(), values.end(), 1.0);
  EXPECT_EQ(percentile(values, 99), 198);
  EXPECT_EQ(percentile(values, 99.5), 199);
  EXPECT_EQ(percentile(values, 0.1), 1);
  EXPECT_EQ(summarize({7}, {}).median, 7);
}

}  // namespace
}  // namespace colonnade
