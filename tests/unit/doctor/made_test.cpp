// A made street, broken one way at a time.
#include <gtest/gtest.h>

#include <limits>

#include "../stages/specs.hpp"
#include "breaks.hpp"
#include "fails_with.hpp"

namespace colonnade::testing {
namespace {

ModelSpec kitti() {
  return test::model_of(openpcdet_kitti());
}
ModelSpec nuscenes() {
  return test::model_of(openpcdet_nuscenes_multihead());
}

TEST(Doctor, FindsNothingInAGoodCloud) {
  for (const XyziPoints& points : {street(), front(street())}) {
    const Diagnosis diagnosis = examine_points(kitti(), points);
    EXPECT_EQ(diagnosis.findings.size(), 11U);
    EXPECT_LT(diagnosis.worst(), Severity::warning);
    EXPECT_TRUE(diagnosis.advice.reasons.empty());
    EXPECT_NEAR(measure(diagnosis, "ground", "height_m"), 1.73, 0.02);
    EXPECT_LT(measure(diagnosis, "ground", "tilt_deg"), 0.2);
    EXPECT_NEAR(measure(diagnosis, "rings", "spacing_deg"), 26.8 / 63, 0.02);
  }
  EXPECT_NEAR(measure(examine_points(kitti(), street()), "rings", "rings"), 64, 3);
}

TEST(Doctor, NamesAndMendsEachBreak) {
  expect_each_named_and_mended(kitti(), street());
  expect_each_named_and_mended(kitti(), front(street()));
}

TEST(Doctor, TellsAllOrientationsOfAFrontView) {
  const XyziPoints good = front(street());
  for (const Rotation& orientation : orientations()) {
    const Diagnosis diagnosis = examine_points(kitti(), moved(good, orientation));
    // Right is what undoes it: the product is no rotation at all.
    EXPECT_EQ(multiply(diagnosis.advice.sensor.rotation, orientation), kNoRotation)
        << finding(diagnosis, "axes").found;
    EXPECT_EQ(finding(diagnosis, "axes").severity == Severity::ok, orientation == kNoRotation);
  }
}

TEST(Doctor, TellsAFrontThatCantBeToldFromAStreetAlongY) {
  const Diagnosis along = examine_points(kitti(), street());
  EXPECT_EQ(finding(along, "axes").severity, Severity::ok);
  const Diagnosis across = examine_points(kitti(), moved(street(), quarter_turn(1)));
  EXPECT_EQ(finding(across, "axes").severity, Severity::note);
  EXPECT_NE(finding(across, "axes").fix.find("[0, 1, 0, -1, 0, 0, 0, 0, 1]"), std::string::npos);
  EXPECT_TRUE(across.advice.reasons.empty());
  // A model that looks all around doesn't care.
  EXPECT_EQ(finding(examine_points(nuscenes(), moved(street(), quarter_turn(1))), "axes").severity,
            Severity::ok);
}

TEST(Doctor, AddsToTheSensorYamlInUse) {
  // Mended by half: the user turned the camera's frame and left the height.
  SensorSpec sensor;
  sensor.rotation = from_up(3);
  sensor.translation = {1.5, -0.25, 0};
  const XyziPoints points =
      moved(moved(front(street()), kNoRotation, {0, 0, -1}), orientations()[4 * 3]);
  const Diagnosis diagnosis = examine_points(kitti(), points, sensor);
  EXPECT_EQ(finding(diagnosis, "axes").severity, Severity::ok);
  EXPECT_NEAR(measure(diagnosis, "ground", "off_m"), -1, 0.05);
  EXPECT_EQ(diagnosis.advice.sensor.rotation, sensor.rotation);
  EXPECT_EQ(diagnosis.advice.sensor.translation[0], 1.5);
  EXPECT_EQ(diagnosis.advice.sensor.translation[1], -0.25);
  EXPECT_NEAR(diagnosis.advice.sensor.translation[2], 1, 0.05);
  EXPECT_LT(examine_points(kitti(), points, diagnosis.advice.sensor).worst(), Severity::warning);
}

TEST(Doctor, WarnsOfATilt) {
  const Diagnosis diagnosis = examine_points(kitti(), moved(street(), pitch(5)));
  EXPECT_EQ(finding(diagnosis, "ground").severity, Severity::warning);
  EXPECT_NEAR(measure(diagnosis, "ground", "tilt_deg"), 5, 0.2);
  EXPECT_EQ(finding(examine_points(kitti(), moved(street(), roll(10))), "ground").severity,
            Severity::bad);
}

TEST(Doctor, AMedianOfSweepsOutvotesASlope) {
  const XyziPoints level = front(street()), slope = moved(level, pitch(7));
  const std::array clouds{view(level), view(slope), view(level)};
  EXPECT_LT(measure(examine(kitti(), {}, clouds), "ground", "tilt_deg"), 0.2);
  EXPECT_NEAR(measure(examine_points(kitti(), slope), "ground", "tilt_deg"), 7, 0.2);
}

TEST(Doctor, TellsAMapsFrameFromAnotherUnit) {
  const Diagnosis diagnosis =
      examine_points(kitti(), moved(street(), kNoRotation, {4500, -1200, 300}));
  EXPECT_EQ(finding(diagnosis, "units").severity, Severity::bad);
  EXPECT_NE(finding(diagnosis, "units").found.find("around x 45"), std::string::npos);
  EXPECT_EQ(diagnosis.metres_per_unit, 1);
}

TEST(Doctor, NamesHalfTheRings) {
  XyziPoints half = street();
  std::erase_if(half, [](const Xyzi& p) {  // Every second beam, by its own elevation.
    const double elevation = std::atan2(p[2], std::hypot(p[0], p[1])) / kRadians;
    return std::lround((2 - elevation) * 63 / 26.8) % 2 == 1;
  });
  const Diagnosis diagnosis = examine_points(kitti(), half);
  EXPECT_EQ(finding(diagnosis, "rings").severity, Severity::warning);
  EXPECT_NEAR(measure(diagnosis, "rings", "rings"), 32, 3);
}

TEST(Doctor, CountsTheRingsOfACoarseTurn) {
  // Every second point of each beam: 1 degree apart, as a sensor of 360 columns.
  const XyziPoints all = street();
  XyziPoints coarse;
  for (std::size_t i = 0; i < all.size(); i += 2) coarse.push_back(all[i]);
  const Diagnosis diagnosis = examine_points(kitti(), coarse);
  EXPECT_NEAR(measure(diagnosis, "rings", "rings"), 64, 4);
  EXPECT_EQ(finding(diagnosis, "rings").severity, Severity::ok);
}

TEST(Doctor, NamesAFrontViewWhereTheModelLooksAround) {
  const Diagnosis diagnosis = examine_points(nuscenes(), front(times(street(), 1, 255)));
  EXPECT_EQ(finding(diagnosis, "view").severity, Severity::note);
  EXPECT_NEAR(measure(diagnosis, "view", "coverage_deg"), 80, 10);
  EXPECT_NEAR(measure(diagnosis, "view", "center_deg"), 0, 5);
  EXPECT_EQ(finding(diagnosis, "sweeps").severity, Severity::warning);
}

TEST(Doctor, NamesWhatTheCapsCut) {
  ModelSpec model = kitti();
  model.pillars.max_pillars = 1000;
  const Diagnosis diagnosis = examine_points(model, street());
  EXPECT_EQ(finding(diagnosis, "caps").severity, Severity::bad);
  EXPECT_EQ(measure(diagnosis, "caps", "pillars"), 1000);
  EXPECT_GT(measure(diagnosis, "caps", "over_pillar_cap_percent"), 5);
}

TEST(Doctor, NamesAnIntensityThatSaysNothing) {
  for (const float value : {0.0F, 0.5F}) {
    XyziPoints points = street();
    for (Xyzi& p : points) p[3] = value;
    EXPECT_EQ(finding(examine_points(kitti(), points), "intensity").severity, Severity::bad);
  }
  // The same points without the field, and with another field that holds it.
  const XyziPoints points = street();
  const std::array clouds{view(points)};
  CloudView three = clouds[0];
  three.field_count = 3;
  const Diagnosis without = examine(kitti(), {}, std::array{three});
  EXPECT_EQ(finding(without, "intensity").severity, Severity::bad);
  EXPECT_NE(finding(without, "intensity").fix.find("x, y, z"), std::string::npos);
  const std::array<PointField, 4> fields{{{"x", 0, FieldType::f32},
                                          {"y", 4, FieldType::f32},
                                          {"z", 8, FieldType::f32},
                                          {"reflectivity", 12, FieldType::f32}}};
  CloudView named = clouds[0];
  named.fields = fields.data();
  const Diagnosis other = examine(kitti(), {}, std::array{named});
  EXPECT_EQ(other.advice.sensor.intensity_field, "reflectivity");
  EXPECT_EQ(finding(examine(kitti(), other.advice.sensor, std::array{named}), "intensity").severity,
            Severity::ok);
  // A network that doesn't look at it needs none.
  ModelSpec blind = kitti();
  std::erase(blind.pillars.features, PointFeature::intensity);
  EXPECT_EQ(finding(examine(blind, {}, std::array{three}), "intensity").severity, Severity::ok);
}

TEST(Doctor, GuessesTheRoadFromAnchors) {
  ModelSpec model = kitti();
  model.trained_on.reset();
  const Diagnosis diagnosis = examine_points(model, moved(street(), kNoRotation, {0, 0, 1.2}));
  EXPECT_NEAR(measure(diagnosis, "ground", "expected_z_m"), -1.78, 1e-3);
  EXPECT_EQ(finding(diagnosis, "ground").severity, Severity::bad);
  model.heads.clear();  // As zhulf0804's export, which decodes in the graph.
  const Diagnosis blind = examine_points(model, street());
  EXPECT_EQ(finding(blind, "ground").severity, Severity::ok);
  EXPECT_TRUE(std::isnan(measure(blind, "ground", "expected_z_m")));
}

TEST(Doctor, SurvivesCloudsWithoutAnything) {
  const Diagnosis empty = examine_points(kitti(), {});
  EXPECT_EQ(finding(empty, "returns").severity, Severity::bad);
  constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
  const Diagnosis broken = examine_points(kitti(), {{kNan, 0, 0, 0}, {1, 2, kNan, 0}});
  EXPECT_NE(finding(broken, "returns").found.find("none of the 2 points is a return"),
            std::string::npos);
  const Diagnosis zeros = examine_points(kitti(), XyziPoints(100));
  EXPECT_EQ(finding(zeros, "returns").severity, Severity::bad);
  const Diagnosis one = examine_points(kitti(), {{5, 0, 0, 0.5F}});
  EXPECT_EQ(finding(one, "ground").severity, Severity::warning);
  // Noise has no ground and no axes, and nothing to crash on.
  Random random(3);
  XyziPoints noise(20000);
  for (Xyzi& p : noise) {
    for (float& v : p) v = static_cast<float>(20 * random.normal());
  }
  EXPECT_EQ(finding(examine_points(kitti(), noise), "ground").severity, Severity::warning);
  XyziPoints huge = street();
  huge[0] = {3e38F, -3e38F, 3e38F, 3e38F};
  examine_points(kitti(), huge);
  EXPECT_TRUE(fails_with([] { examine(kitti(), {}, {}); }, "at least one cloud"));
}

}  // namespace
}  // namespace colonnade::testing
