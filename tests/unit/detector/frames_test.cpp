// Frames don't know of each other, nor of threads, nor of other detectors.
#include <thread>

#include "demo.hpp"
#include "fails_with.hpp"

namespace colonnade::testing {
namespace {

TEST(Frames, LeaveNothingBehind) {
  Detector detector = open_demo();
  const XyziCloud a = heaps(1, 20), b = heaps(2, 30);
  const Detections first = detect(detector, view(a));
  const Detections other = detect(detector, view(b));
  ASSERT_FALSE(first.boxes.empty());
  ASSERT_FALSE(other.boxes.empty());
  expect_same(detect(detector, view(a)), first);
  Detector fresh = open_demo();
  expect_same(detect(fresh, view(b)), other);
}

TEST(Frames, OverwriteWhateverTheDetectionsHeld) {
  Detector detector = open_demo();
  const XyziCloud cloud = heaps(1, 20);
  Detections used;
  used.boxes.resize(777);
  used.has_velocity = true;
  used.stats.points = used.stats.boxes_truncated = 5;
  detector.detect(view(cloud), used);
  expect_same(used, detect(detector, view(cloud)));
}

TEST(Frames, AreTheSameAtAnyNumberOfThreads) {
  const XyziCloud cloud = heaps(4, 100);  // Several chunks of points.
  Detector one = open_demo(1);
  const Detections expected = detect(one, view(cloud));
  ASSERT_FALSE(expected.boxes.empty());
  for (const int threads : {2, 3, 4}) {
    SCOPED_TRACE(threads);
    Detector detector = open_demo(threads);
    EXPECT_EQ(detector.threads(), threads);
    expect_same(detect(detector, view(cloud)), expected);
  }
}

TEST(Frames, OfDetectorsThatShareAnEngineAcrossThreads) {
  const auto engine = Engine::open(demo_model());
  const XyziCloud a = heaps(1, 20), b = heaps(2, 30);
  DetectorOptions options;
  options.threads = 1;
  Detector alone(engine, options);
  const Detections expected_a = detect(alone, view(a)), expected_b = detect(alone, view(b));
  const auto work = [&](const XyziCloud& cloud, Detections& last) {
    Detector detector(engine, options);
    for (int i = 0; i < 5; ++i) detector.detect(view(cloud), last);
  };
  Detections found_a, found_b;
  std::thread other([&] { work(b, found_b); });
  work(a, found_a);
  other.join();
  expect_same(found_a, expected_a);
  expect_same(found_b, expected_b);
}

TEST(Frames, OfAMovedDetector) {
  const XyziCloud cloud = heaps(1, 20);
  Detector first = open_demo();
  const Detections expected = detect(first, view(cloud));
  Detector moved = std::move(first);
  expect_same(detect(moved, view(cloud)), expected);
}

/// A cloud that a detector refuses, with a word of the reason.
struct Broken {
  CloudView cloud;
  const char* reason;
};

TEST(Frames, ThatFailLeaveTheDetectorAsNew) {
  const XyziCloud cloud = heaps(1, 20);
  const std::vector<PointField> no_x{{"y", 4, FieldType::f32}, {"z", 8, FieldType::f32}};
  const std::vector<PointField> beyond{
      {"x", 0, FieldType::f32}, {"y", 4, FieldType::f32}, {"z", 12, FieldType::f64}};
  const std::vector<PointField> far_beyond{
      {"x", 0, FieldType::f32}, {"y", 4, FieldType::f32}, {"z", SIZE_MAX - 1, FieldType::f32}};
  const CloudView good = view(cloud);
  CloudView null_data = good, too_many = good, no_stride = good;
  null_data.data = nullptr;
  too_many.count = SIZE_MAX / 16;
  no_stride.stride = 0;
  const std::vector<Broken> all{
      {{good.data, good.count, good.stride, no_x.data(), no_x.size()}, "'x'"},
      {{good.data, good.count, good.stride, beyond.data(), beyond.size()}, "'z'"},
      {{good.data, good.count, good.stride, far_beyond.data(), far_beyond.size()}, "'z'"},
      {{good.data, good.count, good.stride, nullptr, 0}, "none"},
      {null_data, "null"},
      {too_many, "at most"},
      {no_stride, "stride"}};

  Detector fresh = open_demo();
  const Detections expected = detect(fresh, good);
  Detector detector = open_demo();
  for (const Broken& broken : all) {
    SCOPED_TRACE(broken.reason);
    Detections detections = expected;
    EXPECT_TRUE(fails_with([&] { detector.detect(broken.cloud, detections); }, broken.reason));
    EXPECT_TRUE(detections.boxes.empty()) << "boxes of the frame before";
    expect_same(detect(detector, good), expected);
  }
}

TEST(Frames, AreLoggedFromTheCallersThreadOnceADetector) {
  const std::thread::id caller = std::this_thread::get_id();
  std::vector<std::string> warnings;
  DetectorOptions options;
  options.log = [&](LogLevel level, std::string_view message) {
    EXPECT_EQ(std::this_thread::get_id(), caller);
    if (level == LogLevel::warning) warnings.emplace_back(message);
  };
  Detector detector = open_demo(4, options);
  const XyziCloud cloud = heaps(1, 100);
  detect(detector, view(cloud));
  EXPECT_TRUE(warnings.empty());
  CloudView without = view(cloud);
  without.field_count = 3;  // x, y, z.
  detect(detector, without);
  detect(detector, without);
  ASSERT_EQ(warnings.size(), 1U);
  EXPECT_NE(warnings[0].find("intensity"), std::string::npos);
}

TEST(Frames, TellTheirStages) {
  std::vector<std::string> stages;
  DetectorOptions options;
  options.on_stage = [&](std::string_view stage) { stages.emplace_back(stage); };
  Detector detector = open_demo(2, options);
  detect(detector, view(heaps(1, 20)));
  EXPECT_EQ(stages, (std::vector<std::string>{"prepare", "pillarize", "pfn", "scatter", "rpn",
                                              "decode", "nms"}));
}

TEST(Options, ThatCantBeMeantAreRefused) {
  for (const float score : {-0.1F, 1.1F, std::numeric_limits<float>::quiet_NaN()}) {
    DetectorOptions options;
    options.score_threshold = score;
    EXPECT_TRUE(fails_with([&] { open_demo(1, options); }, "0 to 1"));
  }
  for (const float view : {-1.0F, 0.0F, std::numeric_limits<float>::infinity()}) {
    DetectorOptions options;
    options.field_of_view = view;
    EXPECT_TRUE(fails_with([&] { open_demo(1, options); }, "field of view"));
  }
  EXPECT_TRUE(fails_with([] { open_demo(-1); }, "threads"));
  EXPECT_TRUE(fails_with([] { open_demo(1000000); }, "threads"));
  EXPECT_TRUE(fails_with([] { Detector detector(std::shared_ptr<const Engine>{}); }, "engine"));
}

}  // namespace
}  // namespace colonnade::testing
