// Every point is kept or counted; every candidate is a box or counted.
#include <cmath>
#include <limits>

#include "demo.hpp"
#include "model/settings.hpp"

namespace colonnade::testing {
namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr float kInfinity = std::numeric_limits<float>::infinity();

/// The demo model with other values in its model.yaml.
class Changed {
 public:
  explicit Changed(const std::vector<std::string>& settings) {
    ModelSpec spec = read_model_yaml(demo_model());
    for (const std::string& setting : settings) apply_setting(spec, setting);
    const std::filesystem::path source = std::filesystem::path(demo_model()).parent_path();
    std::filesystem::create_symlink(source / "pointpillar.onnx",
                                    folder_.path() / "pointpillar.onnx");
    write_model_yaml(spec, folder_.file("model.yaml"));
  }
  Detector open() const {
    DetectorOptions options;
    options.threads = 2;
    return Detector::open(folder_.file("model.yaml"), options);
  }

 private:
  TemporaryFolder folder_;
};

TEST(Counts, OfEachDrop) {
  DetectorOptions options;
  options.sensor.drop_zero_returns = true;
  options.sensor.self_box = SensorSpec::SelfBox{{-1, -1, -1}, {0.5F, 1, 1}};
  options.field_of_view = static_cast<float>(M_PI / 2);
  Detector detector = open_demo(2, options);
  XyziCloud cloud = heaps(1, 10);
  const Detections plain = detect(detector, view(cloud));
  cloud.insert(cloud.end(), 3, {kNan, 0, 0, 0});
  cloud.insert(cloud.end(), 2, {5, kInfinity, 0, 0});
  cloud.push_back({5, 0, -kInfinity, 0});
  cloud.push_back({5, 0, -1, kNan});
  cloud.insert(cloud.end(), 4, {0, 0, 0, 1});
  cloud.insert(cloud.end(), 5, {0.4F, 0, 0, 1});
  cloud.insert(cloud.end(), 6, {-5, 0, 0, 1});   // Behind.
  cloud.insert(cloud.end(), 8, {200, 0, 0, 1});  // Ahead, too far.
  cloud.insert(cloud.end(), 2, {10, 0, 1, 1});   // On the upper border of z.
  const FrameStats stats = detect(detector, view(cloud)).stats;
  EXPECT_EQ(stats.points, static_cast<std::int64_t>(cloud.size()));
  EXPECT_EQ(stats.non_finite, 7);
  EXPECT_EQ(stats.zero_returns, 4);
  EXPECT_EQ(stats.self_hits - plain.stats.self_hits, 5);
  EXPECT_EQ(stats.outside_fov - plain.stats.outside_fov, 6);
  EXPECT_EQ(stats.out_of_range - plain.stats.out_of_range, 10);
  EXPECT_EQ(stats.pillars, plain.stats.pillars);
  // What is kept stays what it was.
  EXPECT_EQ(stats.points - dropped(stats), plain.stats.points - dropped(plain.stats));
}

TEST(Counts, OnePointEmptyCloudAndNothingButDrops) {
  Detector detector = open_demo();
  const FrameStats none = detect(detector, view(XyziCloud{})).stats;
  EXPECT_EQ(none.points, 0);
  EXPECT_EQ(none.pillars, 0);
  const FrameStats one = detect(detector, view(XyziCloud{{10, 0, -1, 0.5F}})).stats;
  EXPECT_EQ(one.points, 1);
  EXPECT_EQ(one.pillars, 1);
  EXPECT_EQ(dropped(one), 0);
  const FrameStats nan = detect(detector, view(XyziCloud(100, {kNan, kNan, kNan, kNan}))).stats;
  EXPECT_EQ(nan.non_finite, 100);
  EXPECT_EQ(nan.pillars, 0);
}

TEST(Counts, PointsOnTheBordersOfTheRange) {
  Detector detector = open_demo();
  const float x = std::nextafter(20.48F, 0.0F), y = std::nextafter(10.24F, 0.0F);
  const XyziCloud inside{{0, 0, 0, 0},
                         {-0.0F, 0, 0, 0},
                         {x, 0, 0, 0},
                         {1, -10.24F, 0, 0},
                         {1, y, 0, 0},
                         {1, 0, -3, 0},
                         {1, 0, std::nextafter(1.0F, 0.0F), 0}};
  const XyziCloud outside{{std::nextafter(0.0F, -1.0F), 0, 0, 0},
                          {20.48F, 0, 0, 0},
                          {1, 10.24F, 0, 0},
                          {1, std::nextafter(-10.24F, -11.0F), 0, 0},
                          {1, 0, 1, 0},
                          {1, 0, std::nextafter(-3.0F, -4.0F), 0},
                          {1e38F, 0, 0, 0},
                          {-1e38F, 1e38F, 1e38F, 0}};
  EXPECT_EQ(detect(detector, view(outside)).stats.out_of_range,
            static_cast<std::int64_t>(outside.size()));
  // A quotient that rounds up to the number of cells is outside, as in the training frameworks.
  const FrameStats stats = detect(detector, view(inside)).stats;
  EXPECT_LE(stats.out_of_range, 3);
  EXPECT_EQ(dropped(stats), stats.out_of_range);
  for (const std::size_t i : {0U, 1U, 3U, 5U}) {
    EXPECT_EQ(detect(detector, view(XyziCloud{inside[i]})).stats.pillars, 1) << "point " << i;
  }
}

TEST(Counts, AllPointsInOnePillar) {
  Detector detector = open_demo();
  const FrameStats stats = detect(detector, view(XyziCloud(10000, {10, 0, -1, 0.5F}))).stats;
  EXPECT_EQ(stats.pillars, 1);
  EXPECT_EQ(stats.over_pillar_points, 10000 - 32);
  EXPECT_EQ(dropped(stats), stats.over_pillar_points);
}

TEST(Counts, PillarsBeyondTheCap) {
  XyziCloud row;  // One point in each of 100 cells, then a second in each.
  for (int round = 0; round < 2; ++round) {
    for (int i = 0; i < 100; ++i) row.push_back({0.08F + 0.16F * static_cast<float>(i), 0, -1, 0});
  }
  const Changed skip({"pillars.max_pillars=60", "pillars.overflow=skip"});
  Detector skipping = skip.open();
  FrameStats stats = detect(skipping, view(row)).stats;
  EXPECT_EQ(stats.pillars, 60);
  EXPECT_EQ(stats.over_pillar_cap, 80);
  EXPECT_EQ(stats.points - dropped(stats), 120);

  const Changed stop({"pillars.max_pillars=60", "pillars.overflow=stop"});
  Detector stopping = stop.open();
  stats = detect(stopping, view(row)).stats;
  EXPECT_EQ(stats.pillars, 60);
  EXPECT_EQ(stats.over_pillar_cap, 140);
  EXPECT_EQ(stats.points - dropped(stats), 60);
}

TEST(Counts, BoxesBeyondTheCaps) {
  const XyziCloud cloud = heaps(1, 30);
  Detector plain = open_demo();
  const Detections all = detect(plain, view(cloud));
  ASSERT_GT(all.boxes.size(), 4U);

  const Changed few({"post.max_boxes=3"});
  Detector capped = few.open();
  const Detections best = detect(capped, view(cloud));
  ASSERT_EQ(best.boxes.size(), 3U);
  EXPECT_EQ(best.stats.boxes_truncated, static_cast<std::int64_t>(all.boxes.size()) - 3);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(best.boxes[i].anchor, all.boxes[i].anchor);

  const Changed top({"post.top_k=5"});
  Detector narrow = top.open();
  const FrameStats stats = detect(narrow, view(cloud)).stats;
  EXPECT_EQ(stats.candidates, all.stats.candidates);
  EXPECT_EQ(stats.candidates_truncated, all.stats.candidates - 5);

  const Changed near({"post.range_filter.min=[0, -20, -5]", "post.range_filter.max=[9, 20, 5]"});
  Detector filtered = near.open();
  const Detections kept = detect(filtered, view(cloud));
  for (const Box& box : kept.boxes) EXPECT_LT(box.x, 9);
  EXPECT_EQ(kept.stats.boxes_out_of_range,
            static_cast<std::int64_t>(all.boxes.size() - kept.boxes.size()));
  EXPECT_GT(kept.stats.boxes_out_of_range, 0);
}

TEST(Counts, ScoreThresholdOfTheOptions) {
  const XyziCloud cloud = heaps(1, 30);
  Detector plain = open_demo();
  const Detections all = detect(plain, view(cloud));
  DetectorOptions options;
  options.score_threshold = 0.2F;
  Detector strict = open_demo(2, options);
  const Detections sure = detect(strict, view(cloud));
  ASSERT_FALSE(sure.boxes.empty());
  EXPECT_LT(sure.stats.candidates, all.stats.candidates);
  for (const Box& box : sure.boxes) EXPECT_GE(box.score, 0.2F);
  // NMS goes by falling score: the surest boxes of all are the boxes of the surest.
  ASSERT_LE(sure.boxes.size(), all.boxes.size());
  for (std::size_t i = 0; i < sure.boxes.size(); ++i) {
    EXPECT_EQ(sure.boxes[i].anchor, all.boxes[i].anchor);
  }
}

TEST(Counts, FieldOfView) {
  const float pi = static_cast<float>(M_PI);
  XyziCloud fan;  // 0 to 89 degrees to both sides.
  for (int degree = -89; degree <= 89; ++degree) {
    const float angle = static_cast<float>(degree) * pi / 180;
    fan.push_back({9 * std::cos(angle), 9 * std::sin(angle), -1, 0});
  }
  for (const auto& [degrees, inside] : {std::pair{81.4F, 81}, {180.0F, 179}, {360.0F, 179}}) {
    DetectorOptions options;
    options.field_of_view = degrees * pi / 180;
    Detector detector = open_demo(1, options);
    const FrameStats stats = detect(detector, view(fan)).stats;
    EXPECT_EQ(stats.points - stats.outside_fov, inside) << degrees;
  }
}

}  // namespace
}  // namespace colonnade::testing
