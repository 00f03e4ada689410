#include "measure/loop.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <stdexcept>
#include <thread>

namespace colonnade {
namespace {

class FakeLane final : public Lane {
 public:
  explicit FakeLane(std::function<void(int)> work) : work_(std::move(work)) {}
  void run() override { work_(count_++); }

 private:
  std::function<void(int)> work_;
  int count_ = 0;
};

void sleep_ms(double ms) {
  std::this_thread::sleep_for(std::chrono::duration<double, std::milli>(ms));
}

std::vector<std::unique_ptr<Lane>> lanes_of(int count, const std::function<void(int)>& work) {
  std::vector<std::unique_ptr<Lane>> lanes;
  while (static_cast<int>(lanes.size()) < count) lanes.push_back(std::make_unique<FakeLane>(work));
  return lanes;
}

const std::atomic<bool> kGoOn = false;

TEST(Loop, RunsForTheDurationAndTheIterations) {
  LoopOptions options;
  options.warm_up_ms = 0;
  options.duration_s = 0;
  options.iterations = 7;
  const auto lanes = lanes_of(1, [](int) {});
  EXPECT_EQ(measure(lanes, options, kGoOn).runs.size(), 7U);
  options.duration_s = .05;
  options.iterations = 1;
  const Measured longer = measure(lanes_of(1, [](int) { sleep_ms(1); }), options, kGoOn);
  EXPECT_GE(longer.wall_ms, 50);
  EXPECT_GT(longer.runs.size(), 1U);
  for (const TimedRun& run : longer.runs) EXPECT_GE(run.latency(), 1);
}

TEST(Loop, WarmUpDoesNotCount) {
  int runs = 0, before = 0;
  LoopOptions options;
  options.warm_up_ms = 10;
  options.duration_s = 0;
  options.iterations = 3;
  options.warmed_up = [&] { before = runs; };
  const auto lanes = lanes_of(1, [&](int) { ++runs, sleep_ms(1); });
  const Measured measured = measure(lanes, options, kGoOn);
  EXPECT_GT(before, 0);
  EXPECT_EQ(measured.warm_ups, before);
  EXPECT_EQ(runs - before, 3);
  EXPECT_EQ(measured.runs.size(), 3U);
}

TEST(Loop, LanesRunAtOnce) {
  LoopOptions options;
  options.warm_up_ms = 0;
  options.duration_s = 0;
  options.iterations = 4;
  const Measured measured = measure(lanes_of(3, [](int) { sleep_ms(20); }), options, kGoOn);
  EXPECT_EQ(measured.runs.size(), 12U);
  EXPECT_LT(measured.wall_ms, 12 * 20);
}

TEST(Loop, StopsBetweenRuns) {
  std::atomic<bool> stop = false;
  LoopOptions options;
  options.warm_up_ms = 0;
  options.duration_s = 3600;
  const Measured measured = measure(lanes_of(1, [&](int run) { stop = run == 4; }), options, stop);
  EXPECT_TRUE(measured.interrupted);
  EXPECT_EQ(measured.runs.size(), 5U);
}

TEST(Loop, WhatALaneThrowsLeaves) {
  LoopOptions options;
  options.warm_up_ms = 0;
  options.duration_s = 3600;  // The others end too.
  const auto lanes = lanes_of(2, [](int run) {
    if (run == 2) throw std::runtime_error("no");
  });
  EXPECT_THROW(measure(lanes, options, kGoOn), std::runtime_error);
}

// A lane that takes 2.5 periods sees the newest input: two of three are dropped or late.
TEST(Loop, AtARateTheNewestInputIsTaken) {
  LoopOptions options;
  options.warm_up_ms = 0;
  options.duration_s = 0;
  options.iterations = 4;
  options.hz = 50;
  const Measured slow = measure(lanes_of(1, [](int) { sleep_ms(50); }), options, kGoOn);
  EXPECT_GE(slow.dropped, 3);
  for (const TimedRun& run : slow.runs) EXPECT_GE(run.latency(), 50);
  const Measured fast = measure(lanes_of(1, [](int) {}), options, kGoOn);
  EXPECT_GE(fast.wall_ms, 60 - 1e-6);  // Inputs at 0, 20, 40, 60 ms.
  for (const TimedRun& run : fast.runs) EXPECT_GE(run.start, run.due);
}

// Below 1 % of any latency that a network has: 2 microseconds of 0.2 ms.
TEST(Loop, CostsLittle) {
  LoopOptions options;
  options.warm_up_ms = 1;
  options.duration_s = 0;
  options.iterations = 20000;
  const Measured measured = measure(lanes_of(1, [](int) {}), options, kGoOn);
  EXPECT_LT(measured.wall_ms / 20000, 2e-3);
}

}  // namespace
}  // namespace colonnade
