// A robot's control loop shares the process: a frame must not wait for the allocator.
#include "allocations/allocations.hpp"
#include "demo.hpp"

namespace colonnade::testing {
namespace {

class Allocations : public ::testing::TestWithParam<int> {};

TEST_P(Allocations, NoneAfterTheFirstFrames) {
  if (!allocations_are_counted()) GTEST_SKIP() << "this C library's allocator can't be counted";
  Detector detector = open_demo(GetParam());
  const XyziCloud large = heaps(1, 40), small = heaps(2, 3), other = heaps(3, 39), empty;
  Detections detections;
  detector.detect(view(large), detections);
  detector.detect(view(empty), detections);

  const std::size_t before = allocation_count();
  for (const XyziCloud* cloud : {&small, &other, &empty, &large, &other, &small}) {
    detector.detect(view(*cloud), detections);
  }
  EXPECT_EQ(allocation_count(), before);
  EXPECT_FALSE(detections.boxes.empty());
}

// Profiling neither allocates nor changes a bit, and tells of the RPN's layers.
TEST_P(Allocations, NoneWhileLayersAreObserved) {
  if (!allocations_are_counted()) GTEST_SKIP() << "this C library's allocator can't be counted";
  DetectorOptions options;
  std::int64_t layers = 0;
  double ms = 0;
  options.on_layer = [&](const LayerRun& layer) {
    ++layers;
    ms += layer.ms;
  };
  Detector detector = open_demo(GetParam(), options);
  const XyziCloud cloud = heaps(1, 40);
  Detections detections;
  detector.detect(view(cloud), detections);
  const std::size_t before = allocation_count();
  layers = 0;
  ms = 0;
  detector.detect(view(cloud), detections);
  EXPECT_EQ(allocation_count(), before);
  EXPECT_GT(layers, 10);
  EXPECT_LE(ms, detections.times_ms.rpn);
  EXPECT_GT(ms, 0.1 * detections.times_ms.rpn);
  Detector plain = open_demo(GetParam());
  expect_same(detect(plain, view(cloud)), detections);
}

// A low threshold: far more candidates than any frame before had.
TEST_P(Allocations, NoneWhenCandidatesAbound) {
  if (!allocations_are_counted()) GTEST_SKIP() << "this C library's allocator can't be counted";
  DetectorOptions options;
  options.score_threshold = 0.02F;
  Detector detector = open_demo(GetParam(), options);
  const XyziCloud few = heaps(1, 1), many = heaps(2, 60);
  XyziCloud padded = few;  // As large, but out of range: memory for points is that of the largest.
  padded.resize(many.size(), {-50, 0, 0, 0});
  Detections detections;
  detector.detect(view(padded), detections);
  const std::int64_t first = detections.stats.candidates;

  const std::size_t before = allocation_count();
  detector.detect(view(many), detections);
  EXPECT_EQ(allocation_count(), before);
  EXPECT_GT(detections.stats.candidates, 2 * first);
}

TEST(Allocations, AreCounted) {
  if (!allocations_are_counted()) GTEST_SKIP() << "this C library's allocator can't be counted";
  const std::size_t before = allocation_count();
  const std::vector<int> made(1000);
  EXPECT_EQ(made.size(), 1000U);
  EXPECT_GT(allocation_count(), before);
}

INSTANTIATE_TEST_SUITE_P(Threads, Allocations, ::testing::Values(1, 2));

}  // namespace
}  // namespace colonnade::testing
