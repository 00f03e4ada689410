#include "stages/prepare.hpp"
#include "base/thread_pool.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "colonnade/error.hpp"

namespace colonnade {
namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kPi = 3.14159265358979323846F;

class PrepareTest : public testing::Test {
 protected:
  std::vector<Point> run(const CloudView& cloud) {
    Prepare prepare(model_, sensor_, field_of_view_, threads_);
    const Points points = prepare.run(cloud, stats_);
    found_intensity_ = prepare.found_intensity();
    return {points.data, points.data + points.count};
  }
  std::vector<Point> run(const std::vector<float>& xyzi) {
    return run(view_xyzi(xyzi.data(), xyzi.size() / 4));
  }

  ModelSpec model_;
  SensorSpec sensor_;
  std::optional<float> field_of_view_;
  ThreadPool threads_{3};
  FrameStats stats_;
  bool found_intensity_ = false;
};

TEST_F(PrepareTest, IdentityLeavesEveryBit) {
  const std::vector<float> cloud{0.1F, -0.0F, 1e-42F, 0.3F, 1e30F, -7.7F, 3.3333333F, 1};
  const std::vector<Point> points = run(cloud);
  ASSERT_EQ(points.size(), 2U);
  EXPECT_EQ(0, std::memcmp(&points[0], &cloud[0], 16));
  EXPECT_EQ(0, std::memcmp(&points[1], &cloud[4], 16));
}

TEST_F(PrepareTest, CountsWhatItDrops) {
  sensor_.drop_zero_returns = true;
  sensor_.self_box = SensorSpec::SelfBox{{-1, -1, -1}, {1, 1, 1}};
  model_.ego_radius = 2;
  field_of_view_ = kPi / 2;
  const std::vector<Point> points =
      run({kNan, 0,          0, 0,                 // not finite
           5,    0,          0, kNan,              // not finite: would spread
           0,    -kInfinity, 0, 0,    0, 0, 0, 0,  // zero return
           1,    1,          1, 0,                 // on the self box's corner: inside
           1.9F, 1.9F,       9, 0,                 // ego radius
           2,    1.9F,       0, 7,                 // on the radius: kept
           3,    3.01F,      0, 0,                 // beyond 45 degrees
           -9,   0,          0, 0,                 // behind
           3,    -2.99F,     0, 8});
  ASSERT_EQ(points.size(), 2U);
  EXPECT_EQ(points[0].intensity, 7);
  EXPECT_EQ(points[1].intensity, 8);
  EXPECT_EQ(stats_.points, 10);
  EXPECT_EQ(stats_.non_finite, 3);
  EXPECT_EQ(stats_.zero_returns, 1);
  EXPECT_EQ(stats_.self_hits, 2);
  EXPECT_EQ(stats_.outside_fov, 2);
}

TEST_F(PrepareTest, ViewsWiderThanHalfATurnReachBehind) {
  field_of_view_ = 1.5F * kPi;  // Up to 135 degrees on either side.
  EXPECT_EQ(run({-1, 1.01F, 0, 0, -1, -1.01F, 0, 0, -1, 0.99F, 0, 0}).size(), 2U);
  field_of_view_ = 2 * kPi;
  EXPECT_EQ(run({-1, 0, 0, 0, 0, 0, 0, 0}).size(), 2U);
}

TEST_F(PrepareTest, MovesIntoTheModelsFrame) {
  sensor_.rotation = {0, -1, 0, 1, 0, 0, 0, 0, 1};  // The sensor looks to the model's left.
  sensor_.translation = {10, 0, 1.5};
  const std::vector<Point> points = run({2, 1, 0, 0});
  ASSERT_EQ(points.size(), 1U);
  EXPECT_EQ(points[0].x, 9);
  EXPECT_EQ(points[0].y, 2);
  EXPECT_EQ(points[0].z, 1.5F);
}

TEST_F(PrepareTest, ScalesThenClampsIntensity) {
  sensor_.intensity_scale = 1.0F / 255;
  sensor_.intensity_clamp = {0.1F, 1};
  const std::vector<Point> points =
      run({1, 0, 0, 51, 1, 0, 0, 300, 1, 0, 0, 0, 1, 0, 0, kInfinity});
  ASSERT_EQ(points.size(), 4U);
  EXPECT_FLOAT_EQ(points[0].intensity, 0.2F);
  EXPECT_EQ(points[1].intensity, 1);
  EXPECT_EQ(points[2].intensity, 0.1F);
  EXPECT_EQ(points[3].intensity, 1);
}

// A PointCloud2 as drivers pack it: fields in any order, of any type, unaligned.
TEST_F(PrepareTest, ReadsFieldsByNameTypeAndOffset) {
#pragma pack(push, 1)
  struct Packed {
    std::uint8_t reflectivity;
    double z;
    std::int16_t x;
    float y, dt;
    std::uint16_t tail;
  };
#pragma pack(pop)
  const std::vector<Packed> data{{200, -1.25, 7, 2.5F, 0.05F, 9}, {3, 0.5, -8, 1, 0.1F, 9}};
  const PointField fields[] = {{"reflectivity", 0, FieldType::u8},
                               {"z", 1, FieldType::f64},
                               {"x", 9, FieldType::i16},
                               {"y", 11, FieldType::f32},
                               {"dt", 15, FieldType::f32}};
  sensor_.intensity_field = "reflectivity";
  const std::vector<Point> points =
      run(CloudView{reinterpret_cast<const std::byte*>(data.data()), 2, sizeof(Packed), fields, 5});
  ASSERT_EQ(points.size(), 2U);
  EXPECT_EQ(points[0].x, 7);
  EXPECT_EQ(points[0].y, 2.5F);
  EXPECT_EQ(points[0].z, -1.25F);
  EXPECT_EQ(points[0].intensity, 200);
  EXPECT_EQ(points[0].dt, 0.05F);
  EXPECT_EQ(points[1].x, -8);
  EXPECT_TRUE(found_intensity_);
}

TEST_F(PrepareTest, DoesWithoutIntensity) {
  const float xyz[] = {1, 2, 3};
  const PointField fields[] = {{"x", 0}, {"y", 4}, {"z", 8}};
  const std::vector<Point> points =
      run(CloudView{reinterpret_cast<const std::byte*>(xyz), 1, 12, fields, 3});
  ASSERT_EQ(points.size(), 1U);
  EXPECT_EQ(points[0].intensity, 0);
  EXPECT_FALSE(found_intensity_);
}

ErrorCode code_of(const std::function<void()>& f, std::string* message = nullptr) {
  try {
    f();
  } catch (const Error& error) {
    if (message != nullptr) *message = error.what();
    return error.code();
  }
  ADD_FAILURE() << "no error";
  return ErrorCode::internal;
}

TEST_F(PrepareTest, NamesTheFieldsItFound) {
  const float xyz[] = {1, 2, 3};
  const PointField fields[] = {{"x", 0}, {"Y", 4}, {"height", 8}};
  std::string message;
  EXPECT_EQ(code_of(
                [&] {
                  run(CloudView{reinterpret_cast<const std::byte*>(xyz), 1, 12, fields, 3});
                },
                &message),
            ErrorCode::mismatch);
  EXPECT_NE(message.find("x, Y, height"), std::string::npos) << message;
}

TEST_F(PrepareTest, RefusesFieldsBeyondThePoint) {
  const float xyz[] = {1, 2, 3};
  const auto* data = reinterpret_cast<const std::byte*>(xyz);
  const PointField beyond[] = {{"x", 0}, {"y", 4}, {"z", 9}};
  EXPECT_EQ(code_of([&] { run(CloudView{data, 1, 12, beyond, 3}); }), ErrorCode::invalid_argument);
  const PointField huge[] = {{"x", 0}, {"y", 4}, {"z", SIZE_MAX - 1}};
  EXPECT_EQ(code_of([&] { run(CloudView{data, 1, 12, huge, 3}); }), ErrorCode::invalid_argument);
  const PointField fine[] = {{"x", 0}, {"y", 4}, {"z", 8}};
  EXPECT_EQ(code_of([&] { run(CloudView{nullptr, 1, 12, fine, 3}); }), ErrorCode::invalid_argument);
  EXPECT_EQ(code_of([&] { run(CloudView{data, SIZE_MAX / 12, 12, fine, 3}); }), ErrorCode::limit);
  EXPECT_TRUE(run(CloudView{nullptr, 0, 12, fine, 3}).empty());
}

TEST_F(PrepareTest, KeepsOrderAcrossChunksAtAnyThreadCount) {
  std::vector<float> cloud;
  for (int i = 0; i < 100000; ++i) {
    cloud.insert(cloud.end(), {i % 7 == 0 ? kNan : static_cast<float>(i), 0, 0, 0});
  }
  for (const int threads : {1, 2, 5}) {
    ThreadPool pool(threads);
    Prepare prepare(model_, sensor_, std::nullopt, pool);
    FrameStats stats;
    const Points points = prepare.run(view_xyzi(cloud.data(), 100000), stats);
    ASSERT_EQ(points.count, 100000 - 14286);
    EXPECT_EQ(stats.non_finite, 14286);
    std::int64_t p = 0;
    for (int i = 0; i < 100000; ++i) {
      if (i % 7 == 0) continue;
      ASSERT_EQ(points.data[p++].x, static_cast<float>(i));
    }
  }
}

TEST(SensorFrame, CarriesBoxesBack) {
  SensorSpec sensor;
  sensor.rotation = {0, -1, 0, 1, 0, 0, 0, 0, 1};
  sensor.translation = {10, 0, 1.5};
  Box box;
  box.x = 9;
  box.y = 2;
  box.z = 1.5F;
  box.yaw = -kPi / 2;
  box.vx = 0;
  box.vy = 3;
  SensorFrame(sensor).to_sensor(box);
  EXPECT_NEAR(box.x, 2, 1e-6);
  EXPECT_NEAR(box.y, 1, 1e-6);
  EXPECT_NEAR(box.z, 0, 1e-6);
  EXPECT_NEAR(std::fabs(box.yaw), kPi, 1e-6);
  EXPECT_NEAR(box.vx, 3, 1e-6);
  EXPECT_NEAR(box.vy, 0, 1e-6);
}

TEST(SensorFrame, RefusesWhatIsNoRotation) {
  SensorSpec mirrored, scaled, broken;
  mirrored.rotation = {1, 0, 0, 0, -1, 0, 0, 0, 1};
  scaled.rotation = {2, 0, 0, 0, 2, 0, 0, 0, 2};
  broken.rotation[0] = kNan;
  for (const SensorSpec& sensor : {mirrored, scaled, broken}) {
    EXPECT_EQ(code_of([&] { SensorFrame frame(sensor); }), ErrorCode::invalid_argument);
  }
}

TEST(WrapAngle, StaysWithinHalfATurn) {
  for (const double angle : {-100.0, -3.1415927, -3.14159265, 0.0, 3.14159265, 3.1415927, 100.0}) {
    const float wrapped = wrap_angle(angle);
    EXPECT_GT(static_cast<double>(wrapped), -3.14159265358979323846);
    EXPECT_LE(static_cast<double>(wrapped), 3.14159265358979323846);
    EXPECT_NEAR(std::cos(wrapped), std::cos(angle), 1e-6);
    EXPECT_NEAR(std::sin(wrapped), std::sin(angle), 1e-6);
  }
}

}  // namespace
}  // namespace colonnade
