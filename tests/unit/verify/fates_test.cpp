// Which boxes are lost or invented, and what may be said of shares from few frames.
#include <gtest/gtest.h>

#include "verify/fates.hpp"
#include "verify/gate.hpp"
#include "verify/intervals.hpp"

namespace colonnade {
namespace {

LidarObject car(double x, double score = 0.9) {
  return {"Car", x, 0, 0, 4, 2, 1.5, 0, score, -1};
}

struct Sides {
  int exact = 0, lost = 0, given = 0, invented = 0;
};

Sides sides(const std::vector<LidarObject>& exact, const std::vector<LidarObject>& other) {
  Sides result;
  for (const BoxFate& fate : fates_of(exact, other, {})) {
    ++(fate.exact ? result.exact : result.given);
    if (!fate.found) ++(fate.exact ? result.lost : result.invented);
  }
  return result;
}

TEST(Fates, BoxesOfOneClassAndPlaceAreOne) {
  const Sides same = sides({car(10), car(20)}, {car(20.1), car(10)});
  EXPECT_EQ(same.exact, 2);
  EXPECT_EQ(same.given, 2);
  EXPECT_EQ(same.lost + same.invented, 0);
  const Sides moved = sides({car(10)}, {car(10.3)});  // IoU 3.7 / 4.3.
  EXPECT_EQ(moved.lost, 1);
  EXPECT_EQ(moved.invented, 1);
  LidarObject van = car(10);
  van.label = "Van";
  EXPECT_EQ(sides({car(10)}, {van}).lost, 1);
}

TEST(Fates, OneBoxIsntTwo) {
  const Sides twice = sides({car(10)}, {car(10), car(10.05)});
  EXPECT_EQ(twice.lost, 0);
  EXPECT_EQ(twice.invented, 1);
  // The nearer of two is taken, whatever their order.
  EXPECT_EQ(sides({car(10), car(10.15)}, {car(10.15), car(10)}).lost, 0);
}

TEST(Fates, ABoxMayFallBelowTheScoreOnTheOtherSide) {
  EXPECT_EQ(sides({car(10, 0.31)}, {car(10, 0.29)}).lost, 0);
  EXPECT_EQ(sides({car(10, 0.29)}, {car(10, 0.31)}).invented, 0);
  const Sides quiet = sides({car(10, 0.2)}, {});
  EXPECT_EQ(quiet.exact, 0);
}

TEST(Fates, KnowTheirRange) {
  LidarObject aside = car(3);
  aside.y = 4;
  const std::vector<BoxFate> fates = fates_of(std::vector{aside}, {}, {});
  ASSERT_EQ(fates.size(), 1U);
  EXPECT_EQ(fates[0].range, 5);
}

TEST(Intervals, HoldTheShareAndRepeat) {
  const auto share = [](std::span<const std::size_t> frames) {
    double hits = 0;
    for (const std::size_t frame : frames) hits += frame % 4 == 0 ? 1 : 0;
    return hits / static_cast<double>(frames.size());
  };
  const Interval interval = bootstrap(400, 1000, share);
  EXPECT_NEAR(interval.low, 0.25 - 1.96 * 0.0217, 0.01);  // The binomial's deviation.
  EXPECT_NEAR(interval.high, 0.25 + 1.96 * 0.0217, 0.01);
  const Interval again = bootstrap(400, 1000, share);
  EXPECT_EQ(interval.low, again.low);
  EXPECT_EQ(interval.high, again.high);
}

TEST(Intervals, OfNothingSeenArentNothing) {
  EXPECT_EQ(share_behind_none(0), 1);
  EXPECT_NEAR(share_behind_none(600), 3.0 / 600, 1e-4);  // The rule of three.
}

EngineGate gate_of(GateShare lost, std::vector<GatePrecision> precision = {},
                   std::uint64_t frames = 100) {
  EngineGate gate;
  gate.frames = frames;
  gate.lost = lost;
  gate.invented = {0, 1000, 0, 0.003, 0.005};
  gate.precision = std::move(precision);
  judge(gate);
  return gate;
}

TEST(Gate, JudgesByWhatsSure) {
  EXPECT_EQ(gate_of({0, 1000, 0, 0.003, 0.005}).verdict, "pass");
  EXPECT_EQ(gate_of({0, 40, 0, 0.07, 0.005}).verdict, "too little data");
  EXPECT_EQ(gate_of({9, 1000, 0.003, 0.015, 0.005}).verdict, "too little data");
  const EngineGate failed = gate_of({20, 1000, 0.012, 0.03, 0.005});
  EXPECT_EQ(failed.verdict, "fail");
  EXPECT_EQ(failed.reason, "boxes lost");
}

TEST(Gate, FailsNothingByOneFrame) {
  // All draws of one frame are that frame: the intervals say nothing of others.
  EXPECT_EQ(gate_of({1, 5, 0.2, 0.45, 0.005}, {}, 1).verdict, "too little data");
  EXPECT_EQ(gate_of({0, 5, 0, 0.45, 0.005}, {{"Car", 500, 80, 77, -4, -2, 0.5}}, 1).verdict,
            "too little data");
  EXPECT_EQ(gate_of({2, 10, 0.2, 0.45, 0.005}, {}, 2).verdict, "fail");
}

TEST(Gate, JudgesAveragePrecisionToo) {
  const GateShare fine{0, 1000, 0, 0.003, 0.005};
  EXPECT_EQ(gate_of(fine, {{"Car", 500, 80, 79.8, -0.4, 0.1, 0.5}}).verdict, "pass");
  EXPECT_EQ(gate_of(fine, {{"Car", 500, 80, 79.8, -0.9, 0.1, 0.5}}).verdict, "too little data");
  EXPECT_EQ(gate_of(fine, {{"Car", 39, 0, 0, 0, 0, 0.5}}).verdict, "too little data");
  const EngineGate failed = gate_of(fine, {{"Car", 500, 80, 77, -4, -2, 0.5}});
  EXPECT_EQ(failed.verdict, "fail");
  EXPECT_EQ(failed.reason, "average precision of Car");
}

}  // namespace
}  // namespace colonnade
