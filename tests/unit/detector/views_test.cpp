// Drivers' buffers are read where they lie, whatever their layout.
#include <cmath>
#include <cstdint>

#include "colonnade/sweeps.hpp"
#include "demo.hpp"

namespace colonnade::testing {
namespace {

template <typename T>
void put(std::vector<std::byte>& buffer, std::size_t offset, T value) {
  std::memcpy(buffer.data() + offset, &value, sizeof value);
}

/// Intensities that every type of the tests holds.
XyziCloud whole_intensities(XyziCloud cloud) {
  for (XyziPoint& point : cloud) point[3] = std::floor(point[3] * 200);
  return cloud;
}

TEST(Views, UnalignedStridedPointsWithDoublesAndIntegers) {
  const XyziCloud cloud = whole_intensities(heaps(1, 20));
  DetectorOptions options;
  options.sensor.intensity_scale = 1.0F / 255;
  Detector detector = open_demo(2, options);
  const Detections expected = detect(detector, view(cloud));
  ASSERT_FALSE(expected.boxes.empty());

  // As an Ouster's PointCloud2 might be packed: nothing aligned, fields in another order.
  constexpr std::size_t kStride = 37, kStart = 3;
  std::vector<std::byte> buffer(kStart + cloud.size() * kStride, std::byte{0xff});
  for (std::size_t i = 0; i < cloud.size(); ++i) {
    const std::size_t at = kStart + i * kStride;
    put(buffer, at + 1, static_cast<std::uint16_t>(cloud[i][3]));
    put(buffer, at + 5, static_cast<double>(cloud[i][2]));
    put(buffer, at + 14, static_cast<double>(cloud[i][0]));
    put(buffer, at + 23, static_cast<double>(cloud[i][1]));
  }
  const std::vector<PointField> fields{{"t", 33, FieldType::u32},
                                       {"intensity", 1, FieldType::u16},
                                       {"z", 5, FieldType::f64},
                                       {"x", 14, FieldType::f64},
                                       {"y", 23, FieldType::f64}};
  const std::vector<std::byte> before = buffer;
  const CloudView packed{buffer.data() + kStart, cloud.size(), kStride, fields.data(),
                         fields.size()};
  expect_same(detect(detector, packed), expected);
  EXPECT_EQ(buffer, before);
}

TEST(Views, UnalignedFloats) {
  const XyziCloud cloud = heaps(1, 20);
  Detector detector = open_demo();
  const Detections expected = detect(detector, view(cloud));
  constexpr std::size_t kStride = 19;
  std::vector<std::byte> buffer(1 + cloud.size() * kStride);
  for (std::size_t i = 0; i < cloud.size(); ++i) {
    for (std::size_t k = 0; k < 4; ++k) put(buffer, 1 + i * kStride + 4 * k, cloud[i][k]);
  }
  const CloudView aligned = view(cloud);
  const CloudView packed{buffer.data() + 1, cloud.size(), kStride, aligned.fields, 4};
  expect_same(detect(detector, packed), expected);
}

TEST(Views, TheSensorNamesItsIntensityField) {
  const XyziCloud cloud = heaps(1, 20);
  Detector plain = open_demo();
  const Detections expected = detect(plain, view(cloud));
  const std::vector<PointField> fields{{"x", 0, FieldType::f32},
                                       {"y", 4, FieldType::f32},
                                       {"z", 8, FieldType::f32},
                                       {"reflectivity", 12, FieldType::f32}};
  CloudView renamed = view(cloud);
  renamed.fields = fields.data();
  DetectorOptions options;
  options.sensor.intensity_field = "reflectivity";
  Detector detector = open_demo(2, options);
  expect_same(detect(detector, renamed), expected);
}

TEST(Views, AMountedSensorsBoxesComeBackInItsOwnFrame) {
  const XyziCloud cloud = heaps(1, 20);
  Detector plain = open_demo();
  const Detections expected = detect(plain, view(cloud));
  // The sensor looks left and hangs 2 m higher: model = rotation * sensor + translation.
  DetectorOptions options;
  options.sensor.rotation = {0, -1, 0, 1, 0, 0, 0, 0, 1};
  options.sensor.translation = {0, 0, 2};
  XyziCloud mounted;
  for (const XyziPoint& p : cloud) mounted.push_back({p[1], -p[0], p[2] - 2, p[3]});
  Detector detector = open_demo(2, options);
  const Detections found = detect(detector, view(mounted));
  // z - 2 + 2 rounds: compare the surest box only, not bits.
  ASSERT_FALSE(found.boxes.empty());
  const Box &a = found.boxes[0], &b = expected.boxes[0];
  EXPECT_NEAR(a.x, b.y, 1e-3);
  EXPECT_NEAR(a.y, -b.x, 1e-3);
  EXPECT_NEAR(a.z, b.z - 2, 1e-3);
  EXPECT_NEAR(std::remainder(a.yaw - (b.yaw - M_PI / 2), 2 * M_PI), 0, 1e-3);
  EXPECT_NEAR(a.score, b.score, 1e-4);
}

TEST(Views, ASweepBufferFeedsADetector) {
  const XyziCloud cloud = heaps(1, 20);
  const XyziCloud first(cloud.begin(), cloud.begin() + 3000),
      second(cloud.begin() + 3000, cloud.end());
  // The sensor drove 2 m ahead between the sweeps; what stood still is 2 m nearer.
  XyziCloud earlier = first;
  for (XyziPoint& point : earlier) point[0] += 2;
  const Pose start{1, 0, 0, 5, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1};
  Pose end = start;
  end[3] += 2;
  SweepBuffer buffer;
  buffer.push(view(earlier), 10.0, start);
  buffer.push(view(second), 10.1, end);
  const CloudView accumulated = buffer.view();
  ASSERT_EQ(accumulated.count, cloud.size());

  XyziCloud newest_first = second;
  for (std::size_t i = 0; i < first.size(); ++i) {
    newest_first.push_back(first[i]);
    newest_first.back()[0] = earlier[i][0] - 2;  // As the buffer rounds it.
  }
  Detector detector = open_demo();
  const Detections expected = detect(detector, view(newest_first));
  ASSERT_FALSE(expected.boxes.empty());
  expect_same(detect(detector, accumulated), expected);
}

}  // namespace
}  // namespace colonnade::testing
