// Every way to break a cloud that sensor.yaml (or the user) can mend, and what must be said of it.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "scene.hpp"

namespace colonnade::testing {

struct Break {
  std::string name, code;
  Severity at_least;
  std::function<XyziPoints(const XyziPoints&)> apply;
  /// Of the broken cloud's diagnosis and the unbroken one's.
  std::function<void(const Diagnosis& broken, const Diagnosis& before)> expect;
};

/// That a number of the broken cloud lies within `tolerance` of what the break made of it.
inline std::function<void(const Diagnosis&, const Diagnosis&)> shifts(const char* code,
                                                                      const char* name, double by,
                                                                      double tolerance) {
  return [=](const Diagnosis& broken, const Diagnosis& before) {
    EXPECT_NEAR(measure(broken, code, name), measure(before, code, name) + by, tolerance);
  };
}

/// `full`: what the cloud's brightest intensity stands for (1 or 255).
inline std::vector<Break> mendable_breaks(float full) {
  std::vector<Break> breaks;
  const auto add = [&](const char* name, const char* code, Severity at_least, auto apply,
                       auto expect) {
    breaks.push_back({name, code, at_least, apply, expect});
  };
  const float other = full == 1 ? 255.0F : 1.0F;
  add(
      "intensity on another scale", "intensity", Severity::bad,
      [=](const XyziPoints& p) { return times(p, 1, other / full); },
      [=](const Diagnosis& broken, const Diagnosis&) {
        EXPECT_EQ(measure(broken, "intensity", "full_scale"), other);
        EXPECT_NEAR(broken.advice.sensor.intensity_scale, full / other, 1e-6 * full / other);
      });
  add(
      "intensity in counts", "intensity", Severity::bad,
      [=](const XyziPoints& p) { return times(p, 1, 3000 / full); },
      [](const Diagnosis& broken, const Diagnosis&) {
        EXPECT_GT(measure(broken, "intensity", "full_scale"), 255);
      });
  for (const double up : {1.0, 1.73, -1.2}) {
    add(
        up > 0 ? "mounted lower" : "mounted higher", "ground", Severity::bad,
        [=](const XyziPoints& p) {
          return moved(p, kNoRotation, {0, 0, up});
        },
        shifts("ground", "ground_z_m", up, 0.05));
  }
  for (const double degrees : {5.0, -5.0}) {
    add(
        "looks down or up", "ground", Severity::ok,
        [=](const XyziPoints& p) { return moved(p, pitch(degrees)); },
        shifts("ground", "rise_ahead_deg", degrees, 1));
    add(
        "leans aside", "ground", Severity::ok,
        [=](const XyziPoints& p) { return moved(p, roll(degrees)); },
        shifts("ground", "rise_left_deg", degrees, 1));
  }
  for (std::size_t up = 0; up < kDirections; ++up) {
    if (up == kPlusZ) continue;
    add(
        "another axis up", "axes", Severity::bad,
        [=](const XyziPoints& p) { return moved(p, orientations()[4 * up]); },
        [=](const Diagnosis& broken, const Diagnosis&) {
          EXPECT_EQ(measure(broken, "axes", "up"), static_cast<double>(up));
        });
  }
  add(
      "zero returns", "returns", Severity::warning,
      [](const XyziPoints& p) { return with_zero_returns(p, 500); },
      shifts("returns", "zero_returns", 500, 0));
  for (const float unit : {1000.0F, 100.0F}) {
    add(
        "not in metres", "units", Severity::bad,
        [=](const XyziPoints& p) { return times(p, unit, 1); },
        [=](const Diagnosis& broken, const Diagnosis&) {
          EXPECT_NEAR(broken.metres_per_unit, 1 / unit, 1e-9);
        });
  }
  return breaks;
}

/// Breaks the cloud each way; each must be named with its number, and the advice must mend it.
inline void expect_each_named_and_mended(const ModelSpec& model, const XyziPoints& points) {
  const Diagnosis before = examine_points(model, points);
  EXPECT_LT(before.worst(), Severity::bad);
  for (const Break& one : mendable_breaks(model.intensity_max)) {
    SCOPED_TRACE(one.name);
    const XyziPoints broken_points = one.apply(points);
    const Diagnosis broken = examine_points(model, broken_points);
    EXPECT_GE(finding(broken, one.code).severity, one.at_least) << finding(broken, one.code).found;
    one.expect(broken, before);
    const XyziPoints in_metres =
        times(broken_points, static_cast<float>(broken.metres_per_unit), 1);
    const Diagnosis after = examine_points(model, in_metres, broken.advice.sensor);
    const Finding& left = finding(after, one.code);
    EXPECT_EQ(left.severity, Severity::ok) << left.found;
    EXPECT_LT(after.worst(), Severity::bad);
    EXPECT_NEAR(measure(after, "ground", "ground_z_m"), measure(before, "ground", "expected_z_m"),
                0.25);
  }
}

}  // namespace colonnade::testing
