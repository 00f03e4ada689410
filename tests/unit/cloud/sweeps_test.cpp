#include "colonnade/sweeps.hpp"

#include <cmath>
#include <vector>

#include "files.hpp"

namespace colonnade {
namespace {

using test::bytes_of;
using test::error_of;
using test::Folder;
using test::place_of;

constexpr Pose kIdentity = {1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1};

// Turned to the left by `yaw`, standing at (x, y, z).
Pose pose(double yaw, double x, double y, double z) {
  const double c = std::cos(yaw), s = std::sin(yaw);
  return {c, -s, 0, x, s, c, 0, y, 0, 0, 1, z, 0, 0, 0, 1};
}

float at(const CloudView& cloud, std::size_t point, const char* name) {
  const PointField* const field = cloud.find(name);
  EXPECT_NE(field, nullptr) << name;
  float value = 0;
  std::memcpy(&value, cloud.data + point * cloud.stride + field->offset, sizeof value);
  return value;
}

void expect_point(const CloudView& cloud, std::size_t i, const std::vector<double>& expected) {
  ASSERT_LT(i, cloud.count);
  EXPECT_NEAR(at(cloud, i, "x"), expected[0], 1e-5);
  EXPECT_NEAR(at(cloud, i, "y"), expected[1], 1e-5);
  EXPECT_NEAR(at(cloud, i, "z"), expected[2], 1e-5);
  EXPECT_EQ(at(cloud, i, "intensity"), static_cast<float>(expected[3]));
  EXPECT_NEAR(at(cloud, i, "dt"), expected[4], 1e-6);
}

TEST(SweepBuffer, AlignsIntoTheNewestFrame) {
  SweepBuffer buffer;
  // The car drives from (1000, 2000) to (1010, 2000), where it has turned left by a quarter. A post
  // at (1020, 2005, 1) is 20 ahead and 5 left first, then 5 ahead and 10 right.
  const std::vector<float> first = {20, 5, 1, 0.25F};
  const std::vector<float> second = {7, 8, 9, 0.5F};
  buffer.push(view_xyzi(first.data(), 1), 100.0, pose(0, 1000, 2000, 0));
  expect_point(buffer.view(), 0, {20, 5, 1, 0.25, 0});
  buffer.push(view_xyzi(second.data(), 1), 100.05, pose(std::acos(0), 1010, 2000, 0));
  const CloudView view = buffer.view();
  ASSERT_EQ(view.count, 2U);
  expect_point(view, 0, {7, 8, 9, 0.5, 0});  // The newest first, untouched.
  expect_point(view, 1, {5, -10, 1, 0.25, 0.05});
}

TEST(SweepBuffer, WorldCoordinatesMayBeKilometres) {
  SweepBuffer buffer;
  const std::vector<float> point = {1, 2, 3, 0};
  buffer.push(view_xyzi(point.data(), 1), 0, pose(0.1, 5e6, -4e6, 100));
  buffer.push(view_xyzi(point.data(), 1), 1, pose(0.1, 5e6, -4e6, 100.5));
  expect_point(buffer.view(), 1, {1, 2, 2.5, 0, 1});
}

TEST(SweepBuffer, KeepsTheLastSweepsNewestFirst) {
  SweepOptions options;
  options.sweeps = 3;
  SweepBuffer buffer(options);
  for (int i = 0; i < 8; ++i) {
    const std::vector<float> points(4 * static_cast<std::size_t>(i % 3 + 1), 1.0F + i);
    buffer.push(view_xyzi(points.data(), points.size() / 4), 0.5 * i, kIdentity);
    EXPECT_EQ(buffer.sweeps(), static_cast<std::size_t>(std::min(i + 1, 3)));
  }
  const CloudView view = buffer.view();
  ASSERT_EQ(view.count, 2U + 1 + 3);
  expect_point(view, 0, {8, 8, 8, 8, 0});
  expect_point(view, 2, {7, 7, 7, 7, 0.5});
  expect_point(view, 3, {6, 6, 6, 6, 1});
}

TEST(SweepBuffer, ReusesItsMemory) {
  SweepOptions options;
  options.sweeps = 2;
  SweepBuffer buffer(options);
  const std::vector<float> points(400, 1.0F);
  const std::byte* data = nullptr;
  for (int i = 0; i < 6; ++i) {
    buffer.push(view_xyzi(points.data(), 100), i, kIdentity);
    const CloudView view = buffer.view();
    if (i == 2) data = view.data;
    if (i > 2) {
      EXPECT_EQ(view.data, data);
    }
  }
}

TEST(SweepBuffer, NoReturnsStayNoReturns) {
  SweepBuffer buffer;
  const std::vector<float> points = {0, 0, 0, 0, NAN, 1, 2, 3};
  buffer.push(view_xyzi(points.data(), 2), 0, kIdentity);
  buffer.push(view_xyzi(points.data(), 0), 1, pose(0, 10, 0, 0));
  const CloudView view = buffer.view();
  expect_point(view, 0, {0, 0, 0, 0, 1});
  EXPECT_TRUE(std::isnan(at(view, 1, "x")));
}

TEST(SweepBuffer, DropsTheOwnCarsTrail) {
  SweepOptions options;
  options.drop_close = 1;
  SweepBuffer buffer(options);
  // OpenPCDet's remove_ego_points: |x| < 1 and |y| < 1, at any height; the newest sweep keeps all.
  const std::vector<float> points = {0.9F, -0.9F, -2, 1, 0.9F, 1, 0, 2, -1, 0, 0, 3};
  buffer.push(view_xyzi(points.data(), 3), 0, kIdentity);
  EXPECT_EQ(buffer.view().count, 3U);
  EXPECT_EQ(buffer.dropped_close(), 0U);
  buffer.push(view_xyzi(points.data(), 3), 1, pose(0, 10, 0, 0));
  const CloudView view = buffer.view();
  ASSERT_EQ(view.count, 5U);
  EXPECT_EQ(buffer.dropped_close(), 1U);
  expect_point(view, 3, {0.9 - 10, 1, 0, 2, 1});
}

TEST(SweepBuffer, TakesTheIntensityThatTheSensorNames) {
  SweepOptions options;
  options.intensity_field = "reflectivity";
  SweepBuffer buffer(options);
  const std::string point = bytes_of(1.0F, 2.0F, 3.0F, std::uint16_t{500}, std::uint8_t{9});
  const std::vector<PointField> fields = {{"x", 0, FieldType::f32},
                                          {"y", 4, FieldType::f32},
                                          {"z", 8, FieldType::f32},
                                          {"reflectivity", 12, FieldType::u16},
                                          {"intensity", 14, FieldType::u8}};
  const CloudView cloud{reinterpret_cast<const std::byte*>(point.data()), 1, point.size(),
                        fields.data(), fields.size()};
  buffer.push(cloud, 0, kIdentity);
  EXPECT_EQ(at(buffer.view(), 0, "reflectivity"), 500.0F);
  EXPECT_EQ(buffer.view().find("intensity"), nullptr);
}

TEST(SweepBuffer, WithoutIntensityThereIsNone) {
  SweepBuffer buffer;
  const std::vector<float> point = {1, 2, 3, 4};
  CloudView cloud = view_xyzi(point.data(), 1);
  cloud.field_count = 3;
  buffer.push(cloud, 0, kIdentity);
  EXPECT_EQ(buffer.view().find("intensity"), nullptr);
  EXPECT_EQ(at(buffer.view(), 0, "dt"), 0.0F);
  EXPECT_EQ(error_of([&] { buffer.push(view_xyzi(point.data(), 1), 1, kIdentity); }),
            "a sweep has a field 'intensity', unlike the sweeps before it");
}

TEST(SweepBuffer, RefusesAndStaysAsItWas) {
  SweepBuffer buffer;
  const std::vector<float> point = {1, 2, 3, 4};
  const CloudView cloud = view_xyzi(point.data(), 1);
  buffer.push(cloud, 5, kIdentity);
  const auto refused = [&](double time, const Pose& at_pose) {
    return error_of([&] { buffer.push(cloud, time, at_pose); });
  };
  EXPECT_EQ(refused(5, kIdentity),
            "a sweep's time is 5 s; expected a finite one later than the last sweep's 5 s");
  EXPECT_NE(refused(NAN, kIdentity), "no error");
  Pose broken = kIdentity;
  broken[0] = 2;
  EXPECT_EQ(refused(6, broken),
            "expected a row-major 4x4 pose, a rotation and a translation above 0 0 0 1, found rows "
            "0 and 0 with the product 4");
  broken[0] = -1;
  EXPECT_NE(refused(6, broken).find("found a mirror image"), std::string::npos);
  broken = kIdentity;
  broken[12] = 7;  // Column-major: the translation lies in the last row.
  EXPECT_NE(refused(6, broken).find("found the last row"), std::string::npos);
  broken[5] = NAN;
  EXPECT_NE(refused(6, broken).find("isn't finite"), std::string::npos);
  CloudView flat = cloud;
  flat.field_count = 2;
  EXPECT_EQ(error_of([&] { buffer.push(flat, 6, kIdentity); }), "a sweep has no field 'z'");
  EXPECT_EQ(buffer.view().count, 1U);
  buffer.clear();
  EXPECT_EQ(buffer.view().count, 0U);
  buffer.push(cloud, 1, kIdentity);  // Time may start again.
  EXPECT_EQ(buffer.sweeps(), 1U);
}

TEST(SweepBuffer, RefusesOptionsThatCantBeMeant) {
  SweepOptions options;
  options.sweeps = 0;
  EXPECT_THROW(SweepBuffer{options}, Error);
  options.sweeps = 10;
  options.drop_close = NAN;
  EXPECT_THROW(SweepBuffer{options}, Error);
}

class SweepList : public ::testing::Test {
 protected:
  SweepList() {
    folder.write("a.bin", bytes_of(20.0F, 5.0F, 1.0F, 0.25F));
    folder.write("b.bin", bytes_of(7.0F, 8.0F, 9.0F, 0.5F));
  }
  std::string list(const std::string& text) const { return folder.write("list.json", text); }
  std::string error(const std::string& text) const {
    return error_of([&] { read_sweep_list(list(text)); });
  }
  std::string place(const std::string& text) const {
    const std::string where = place_of([&] { read_sweep_list(list(text)); });
    const std::string path = folder.path("list.json");
    return where.substr(0, path.size()) == path ? where.substr(path.size()) : where;
  }
  Folder folder;
};

const std::string kSecond = R"({"file": "b.bin", "time": 2.5, "pose":
    [0, -1, 0, 1010, 1, 0, 0, 2000, 0, 0, 1, 0, 0, 0, 0, 1]})";
const std::string kFirst = R"({"file": "a.bin", "time": 2, "pose":
    [1, 0, 0, 1000, 0, 1, 0, 2000, 0, 0, 1, 0, 0, 0, 0, 1]})";

TEST_F(SweepList, IsSortedByTime) {
  for (const std::string& entries : {kFirst + ", " + kSecond, kSecond + ", " + kFirst}) {
    const Cloud cloud = read_sweep_list(list("{\"sweeps\": [" + entries + "]}"));
    ASSERT_EQ(cloud.count, 2U);
    expect_point(cloud.view(), 0, {7, 8, 9, 0.5, 0});
    expect_point(cloud.view(), 1, {5, -10, 1, 0.25, 0.5});
  }
}

TEST_F(SweepList, MayDropTheOwnCar) {
  const Cloud cloud = read_sweep_list(
      list("{\"drop_close\": 20.5, \"sweeps\": [" + kFirst + ", " + kSecond + "]}"));
  EXPECT_EQ(cloud.count, 1U);
}

TEST_F(SweepList, NamesKeyExpectedAndFound) {
  EXPECT_EQ(error("{\"sweeps\": ["),
            "isn't JSON: parse error at line 1, column 13: syntax error "
            "while parsing value - unexpected end of input; expected "
            "'[', '{', or a literal");
  EXPECT_EQ(error("[]"), "expected an object, found array");
  EXPECT_EQ(error("{}"), "lacks the key 'sweeps'");
  EXPECT_EQ(error("{\"sweeps\": []}"), "expected a list of sweeps, found array");
  EXPECT_EQ(error("{\"sweeps\": 3}"), "expected a list of sweeps, found '3'");
  EXPECT_EQ(error("{\"sweep\": []}"),
            "has the unknown key 'sweep'; known are 'sweeps' 'drop_close'");
  EXPECT_EQ(error("{\"sweeps\": [" + kFirst + "], \"drop_close\": -1}"),
            "expected metres >= 0, found '-1'");
  const std::string no_time = R"({"sweeps": [{"file": "a.bin", "pose": []}]})";
  EXPECT_EQ(error(no_time), "lacks the key 'time'");
  EXPECT_EQ(place(no_time), ": sweeps[0]");
  const std::string short_pose =
      "{\"sweeps\": [" + kFirst + R"(, {"file": "b.bin", "time": 1, "pose": [1, 2, 3]}]})";
  EXPECT_EQ(error(short_pose), "expected 16 numbers, a row-major 4x4 matrix, found 3");
  EXPECT_EQ(place(short_pose), ": sweeps[1].pose");
  const std::string wordy = R"({"sweeps": [{"file": "a.bin", "time": "now", "pose": []}]})";
  EXPECT_EQ(error(wordy), "expected a number, found '\"now\"'");
  EXPECT_EQ(place(wordy), ": sweeps[0].time");
  const std::string mixed = R"({"sweeps": [{"file": "a.bin", "time": 0, "pose":
      [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, null, 0, 0, 0, 0, 1]}]})";
  EXPECT_EQ(error(mixed), "expected a number, found 'null'");
  EXPECT_EQ(place(mixed), ": sweeps[0].pose[10]");
  EXPECT_EQ(error("{\"sweeps\": [" + kFirst + ", " + kFirst + "]}"),
            "has two sweeps of the time 2; expected different times");
}

TEST_F(SweepList, NamesTheFileThatFails) {
  const std::string missing = R"({"sweeps": [{"file": "c.bin", "time": 0, "pose":
      [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]}]})";
  EXPECT_EQ(place(missing), folder.path("c.bin"));
  EXPECT_EQ(error(missing), "can't be read: No such file or directory");
}

}  // namespace
}  // namespace colonnade
