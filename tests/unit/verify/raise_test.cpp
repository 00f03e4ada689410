// The gate of an INT8 engine: what it refuses, and the layers that it puts back.
#include "verify/raise.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "backends/cpu/backend.hpp"
#include "colonnade/build.hpp"
#include "colonnade/io.hpp"
#include "engine_file/contents.hpp"
#include "fails_with.hpp"
#include "unit/detector/demo.hpp"

namespace colonnade {
namespace {

class Raise : public ::testing::Test {
 protected:
  void SetUp() override {
    const Isa best = usable_isas().front();
    if (cpu_backend().choose(best, Precision::int8).effective != Precision::int8) {
      GTEST_SKIP() << "this machine has no INT8 kernel";
    }
    for (std::uint64_t seed = 1; seed <= 4; ++seed) {
      clouds_.push_back(folder_.file("cloud" + std::to_string(seed) + ".npy"));
      write_cloud(testing::view(testing::heaps(seed, 12)), clouds_.back());
    }
    BuildOptions options;
    options.precision = "int8";
    options.calibrate = {clouds_[0]};
    request_.engine = folder_.file("a.engine");
    onnx2engine(testing::demo_model(), request_.engine, options);
    request_.clouds = {clouds_[1], clouds_[2], clouds_[3]};
    request_.threads = 2;
    // Random weights: scores are what they are, and all boxes are looked at.
    request_.limits.same.score = 0.1;
  }
  std::ptrdiff_t int8_layers() const {
    const auto layers = read_engine(request_.engine).precision.layers;
    return std::count_if(layers.begin(), layers.end(),
                         [](const auto& layer) { return layer.precision == "int8"; });
  }

  testing::TemporaryFolder folder_;
  std::vector<std::string> clouds_;
  GateRequest request_;
};

TEST_F(Raise, RefusesTheCloudsOfTheCalibration) {
  request_.clouds.push_back(clouds_[0]);
  EXPECT_TRUE(testing::fails_with([&] { Gate gate(request_); }, "calibrated with"));
}

TEST_F(Raise, LeavesWhatHolds) {
  request_.limits.lost = request_.limits.invented = 1;
  const std::ptrdiff_t before = int8_layers();
  Gate gate(request_);
  const GateReport report = gate.judge();
  EXPECT_GT(report.gate.lost.of, 0U);
  EXPECT_FALSE(raise_layers(gate, report));
  EXPECT_EQ(int8_layers(), before);
}

TEST_F(Raise, PutsBackTheMostSensitiveLayersUntilItHolds) {
  // Random weights answer wildly to small changes: INT8 loses a third of the boxes.
  request_.limits.same.iou = 0.8;
  request_.limits.lost = request_.limits.invented = 0.15;
  const std::ptrdiff_t before = int8_layers();
  Gate gate(request_);
  const GateReport report = gate.judge();
  ASSERT_FALSE(holds(report.gate)) << gate_text(report);
  const std::optional<GateReport> raised = raise_layers(gate, report);
  ASSERT_TRUE(raised);
  EXPECT_TRUE(holds(raised->gate)) << gate_text(*raised);
  const std::vector<GateRaised>& layers = raised->gate.raised;
  ASSERT_FALSE(layers.empty());
  EXPECT_EQ(int8_layers(), before - static_cast<std::ptrdiff_t>(layers.size()));
  EXPECT_TRUE(std::is_sorted(layers.begin(), layers.end(),
                             [](const auto& a, const auto& b) { return a.distance > b.distance; }));
  EXPECT_GT(raised->gate.raised_time, 0);

  // What stands in the file is what was judged.
  Gate again(request_);
  const GateReport stored = again.judge();
  EXPECT_EQ(stored.gate.lost.count, raised->gate.lost.count);
  EXPECT_EQ(stored.gate.invented.count, raised->gate.invented.count);
  EXPECT_EQ(stored.gate.model, raised->gate.model);
}

TEST(BoxDistance, IsOneMinusTheIouOfPartnersSquared) {
  const auto car = [](double x) { return LidarObject{"Car", x, 0, 0, 4, 2, 1.5, 0, 0.9, -1}; };
  const std::vector<LidarObject> exact{car(10), car(30)}, other{car(11), car(50)};
  const BoxDistance distance = distance_of(exact, other, {});
  EXPECT_EQ(distance.boxes, 4U);
  // One pair shares 3 m of 5, the other boxes have no partner.
  EXPECT_NEAR(distance.squares, 2 * (1 - 3.0 / 5) * (1 - 3.0 / 5) + 2, 1e-9);
}

}  // namespace
}  // namespace colonnade
