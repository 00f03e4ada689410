#include "report/kitti_labels.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <sstream>
#include <string>
#include <vector>

namespace colonnade {
namespace {

const std::vector<std::string> kClasses{"Car", "traffic cone"};

struct Line {
  std::string type;
  double truncated = 0, occluded = 0, alpha = 0, left = 0, top = 0, right = 0, bottom = 0;
  double h = 0, w = 0, l = 0, x = 0, y = 0, z = 0, rotation_y = 0, score = 0;
};

Line parsed(const std::string& text) {
  Line a;
  std::istringstream in(text);
  in >> a.type >> a.truncated >> a.occluded >> a.alpha >> a.left >> a.top >> a.right >> a.bottom >>
      a.h >> a.w >> a.l >> a.x >> a.y >> a.z >> a.rotation_y >> a.score;
  EXPECT_TRUE(in) << text;
  std::string rest;
  EXPECT_FALSE(in >> rest) << "more than 16 columns: " << text;
  return a;
}

Detections one(float x, float y, float z, float yaw) {
  Detections d;
  Box box;
  box.x = x, box.y = y, box.z = z, box.yaw = yaw, box.score = 0.75F;
  box.length = 4, box.width = 2, box.height = 1.5F;
  d.boxes = {box};
  return d;
}

/// Nominal axes, the camera 0.25 m ahead of and 0.1 m below the LiDAR, f = 700, centre (600, 180).
KittiCalib simple() {
  KittiCalib calib;
  calib.p2 = {700, 0, 600, 0, 0, 700, 180, 0, 0, 0, 1, 0};
  calib.r0_rect = {1, 0, 0, 0, 1, 0, 0, 0, 1};
  calib.tr_velo_to_cam = {0, -1, 0, 0, 0, 0, -1, -0.1, 1, 0, 0, -0.25};
  return calib;
}

TEST(KittiLabels, CarStraightAheadByHand) {
  const KittiCalib calib = simple();
  const Line a = parsed(kitti_labels(one(20.25F, 0, -1, 0), kClasses, &calib));
  EXPECT_EQ(a.type, "Car");
  EXPECT_EQ(a.truncated, -1);
  EXPECT_EQ(a.occluded, -1);
  EXPECT_NEAR(a.rotation_y, -M_PI / 2, 1e-4);  // Driving away: KITTI's -90 degrees.
  EXPECT_NEAR(a.alpha, -M_PI / 2, 1e-4);
  EXPECT_NEAR(a.x, 0, 1e-4);
  EXPECT_NEAR(a.y, 1.65, 1e-4);  // The bottom, 1.75 m under the LiDAR, 1.65 under the camera.
  EXPECT_NEAR(a.z, 20, 1e-4);
  EXPECT_NEAR(a.h, 1.5, 1e-4);
  EXPECT_NEAR(a.w, 2, 1e-4);
  EXPECT_NEAR(a.l, 4, 1e-4);
  EXPECT_NEAR(a.score, 0.75, 1e-4);
  // The near face stands at z = 18, from y = 0.15 to 1.65; the far top edge at 22 is lower.
  EXPECT_NEAR(a.left, 600 - 700.0 / 18, 1e-3);
  EXPECT_NEAR(a.right, 600 + 700.0 / 18, 1e-3);
  EXPECT_NEAR(a.top, 180 + 700 * 0.15 / 22, 1e-3);
  EXPECT_NEAR(a.bottom, 180 + 700 * 1.65 / 18, 1e-3);
}

TEST(KittiLabels, AlphaIsSeenFromTheCamera) {
  const KittiCalib calib = simple();
  // 45 degrees to the left, heading straight at the observer's left-ahead direction.
  const Line a =
      parsed(kitti_labels(one(20.25F, 20, -1, static_cast<float>(M_PI / 4)), kClasses, &calib));
  EXPECT_NEAR(a.rotation_y, -3 * M_PI / 4, 1e-4);
  EXPECT_NEAR(a.alpha, -M_PI / 2, 1e-4);  // Seen from behind, as straight ahead.
}

TEST(KittiLabels, BoxAroundTheCameraFillsTheImage) {
  const KittiCalib calib = simple();
  const Line a = parsed(kitti_labels(one(0.5F, 0, -0.1F, 0), kClasses, &calib));
  EXPECT_EQ(a.left, 0);
  EXPECT_EQ(a.top, 0);
  EXPECT_EQ(a.right, 1241);
  EXPECT_EQ(a.bottom, 374);
}

TEST(KittiLabels, WhatTheCameraCannotSeeHasNoImageBox) {
  const KittiCalib calib = simple();
  const Line behind = parsed(kitti_labels(one(-20, 0, -1, 0), kClasses, &calib));
  EXPECT_EQ(behind.left, -1);
  EXPECT_EQ(behind.bottom, -1);
  EXPECT_NEAR(behind.z, -20.25, 1e-4);
  const Line aside = parsed(kitti_labels(one(5, 40, -1, 0), kClasses, &calib));
  EXPECT_EQ(aside.right, -1);
}

TEST(KittiLabels, WithoutCalibrationAxesAreNominal) {
  const Line a = parsed(kitti_labels(one(10, 3, -1, 0), kClasses, nullptr));
  EXPECT_NEAR(a.x, -3, 1e-4);
  EXPECT_NEAR(a.y, 1.75, 1e-4);
  EXPECT_NEAR(a.z, 10, 1e-4);
  EXPECT_EQ(a.left, -1);
  EXPECT_EQ(a.bottom, -1);
  EXPECT_NEAR(a.rotation_y, -M_PI / 2, 1e-4);
}

TEST(KittiLabels, ColumnsSurviveSpacesInNames) {
  Detections d = one(10, 0, -1, 2);
  d.boxes[0].label = 1;
  EXPECT_EQ(parsed(kitti_labels(d, kClasses, nullptr)).type, "traffic_cone");
  d.boxes.clear();
  EXPECT_EQ(kitti_labels(d, kClasses, nullptr), "");
}

}  // namespace
}  // namespace colonnade
