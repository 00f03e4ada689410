// A small model with random weights and clouds in which it finds something.
#pragma once

#include <gtest/gtest.h>

#include <array>
#include <cstring>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "colonnade/detector.hpp"
#include "sample/demo_model.hpp"
#include "temporary_folder.hpp"

namespace colonnade::testing {

/// Written once a process.
inline const std::string& demo_model() {
  static const TemporaryFolder folder;
  static const std::string yaml =
      sample::write_demo_model(folder.path().string(), 2026, sample::kSmall);
  return yaml;
}

using XyziPoint = std::array<float, 4>;
using XyziCloud = std::vector<XyziPoint>;

inline CloudView view(const XyziCloud& cloud) {
  return view_xyzi(cloud.empty() ? nullptr : cloud[0].data(), cloud.size());
}

/// Heaps of points in the small model's range, 0 to 20.48 m ahead, 10.24 m aside; the first heaps
/// are the same at every size.
inline XyziCloud heaps(std::uint64_t seed, int count) {
  Random random(seed);
  XyziCloud cloud;
  for (int heap = 0; heap < count; ++heap) {
    const double x = random.uniform(1, 19), y = random.uniform(-9, 9), z = random.uniform(-2, 0);
    for (int i = 0; i < 400; ++i) {
      cloud.push_back({static_cast<float>(x + 0.6 * random.normal()),
                       static_cast<float>(y + 0.4 * random.normal()),
                       static_cast<float>(z + 0.3 * random.normal()),
                       static_cast<float>(random.uniform())});
    }
  }
  return cloud;
}

inline Detector open_demo(int threads = 2, DetectorOptions options = {}) {
  options.threads = threads;
  return Detector::open(demo_model(), options);
}

inline Detections detect(Detector& detector, const CloudView& cloud) {
  Detections detections;
  detector.detect(cloud, detections);
  return detections;
}

inline std::int64_t dropped(const FrameStats& s) {
  return s.non_finite + s.zero_returns + s.self_hits + s.outside_fov + s.out_of_range +
         s.over_pillar_points + s.over_pillar_cap;
}

/// Boxes and counts, bit for bit; times differ.
inline void expect_same(const Detections& a, const Detections& b) {
  static_assert(std::is_trivially_copyable_v<Box> && sizeof(Box) == 12 * 4);
  ASSERT_EQ(a.boxes.size(), b.boxes.size());
  for (std::size_t i = 0; i < a.boxes.size(); ++i) {
    EXPECT_EQ(std::memcmp(&a.boxes[i], &b.boxes[i], sizeof(Box)), 0) << "box " << i;
  }
  EXPECT_EQ(a.has_velocity, b.has_velocity);
  EXPECT_EQ(std::memcmp(&a.stats, &b.stats, sizeof(FrameStats)), 0);
}

}  // namespace colonnade::testing
