#include "measure/report.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace colonnade {
namespace {

Measured three_runs() {
  Measured measured;
  measured.runs = {{0, 10, 0, 0}, {10, 30, 10, 0}, {30, 60, 30, 0}};
  measured.wall_ms = 60;
  measured.cpu_ms = 90;
  return measured;
}

LayerRun layer(std::string_view name, double ms, double flop = 0) {
  return {name, "conv", "fp32", ms, flop};
}

TEST(Profile, SumsALayerOfSeveralCallsAndKeepsRunsApart) {
  Profile profile;
  profile.add(layer("warm-up only", 1));
  profile.end_run();
  profile.clear();
  for (const double ms : {1, 2}) {
    profile.add(layer("a", ms, 100));
    profile.add(layer("b", 5));
    profile.add(layer("a", ms, 100));
    profile.end_run();
  }
  profile.add(layer("late", 4));
  profile.end_run();
  EXPECT_EQ(profile.runs(), 3);
  const auto layers = profile.layers();
  ASSERT_EQ(layers.size(), 4U);
  EXPECT_EQ(layers[0].ms, (std::vector<double>{0, 0, 0}));
  EXPECT_EQ(layers[1].ms, (std::vector<double>{2, 4, 0}));
  EXPECT_EQ(layers[1].flop, 400);
  EXPECT_EQ(layers[2].ms, (std::vector<double>{5, 5, 0}));
  EXPECT_EQ(layers[3].ms, (std::vector<double>{0, 0, 4}));
  EXPECT_EQ(layers[1].name, "a");
}

TEST(Report, Summary) {
  const double percents[] = {50, 99.5};
  const std::string text = summary_text(three_runs(), percents);
  EXPECT_NE(text.find("Throughput: 50.00 qps"), std::string::npos) << text;
  EXPECT_NE(text.find("min = 10.00 ms, max = 30.00 ms, mean = 20.00 ms, median = 20.00 ms, "
                      "percentile(50%) = 20.00 ms, percentile(99.5%) = 30.00 ms"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("Cores used: 1.50"), std::string::npos) << text;
  EXPECT_EQ(averages_text(three_runs().runs, 2), "Average on 2 runs - latency: 15.00 ms\n");
}

TEST(Report, Deadlines) {
  Measured measured = three_runs();
  measured.dropped = 2;
  const std::string text = deadlines_text(measured, 50);  // 20 ms: the last is late.
  EXPECT_NE(text.find("3 of 5 deadlines of 20.00 ms missed (1 late, 2 dropped"), std::string::npos)
      << text;
}

TEST(Report, ProfileKnowsThePeak) {
  Profile profile;
  profile.add(layer("a", 20, 2e9));  // 100 GFLOP/s
  profile.end_run();
  Measured measured;
  measured.runs = {{0, 40, 0, 0}};
  const std::string text = profile_text(profile, measured, {{"fp32", 200}});
  EXPECT_NE(text.find("50.0%"), std::string::npos) << text;         // Share of the time,
  EXPECT_NE(text.find("100.0    50%"), std::string::npos) << text;  // and of the peak.
}

TEST(Report, JsonHasTrtexecsKeys) {
  const auto times = nlohmann::json::parse(times_json(three_runs().runs));
  ASSERT_EQ(times.size(), 3U);
  for (const char* key :
       {"startEnqMs", "endEnqMs", "startH2dMs", "endH2dMs", "startComputeMs", "endComputeMs",
        "startD2hMs", "endD2hMs", "h2dMs", "computeMs", "d2hMs", "latencyMs"}) {
    EXPECT_TRUE(times[1].contains(key)) << key;
  }
  EXPECT_EQ(times[1]["latencyMs"], 20);

  Profile profile;
  profile.add(layer("a", 3));
  profile.add(layer("b", 1));
  profile.end_run();
  const auto layers = nlohmann::json::parse(profile_json(profile));
  EXPECT_EQ(layers[0], nlohmann::json({{"count", 1}}));
  EXPECT_EQ(layers[1]["name"], "a");
  EXPECT_EQ(layers[1]["percentage"], 75);
  const std::vector<std::string> bindings{"image", "maps"};
  const auto info = nlohmann::json::parse(layers_json(profile, bindings));
  EXPECT_EQ(info["Layers"].size(), 2U);
  EXPECT_EQ(info["Bindings"][0], "image");
}

}  // namespace
}  // namespace colonnade
