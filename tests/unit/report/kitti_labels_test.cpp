#include "report/kitti_labels.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "fixtures.hpp"

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

/// A label's box in the LiDAR's frame, by the inverse rigid transform: both matrices are rotations.
Box lidar_box(const Line& a, const KittiCalib& calib) {
  const std::array<double, 3> origin = calib.to_camera(0, 0, 0);
  const std::array<double, 3> axes[] = {calib.to_camera(1, 0, 0), calib.to_camera(0, 1, 0),
                                        calib.to_camera(0, 0, 1)};
  double at[3] = {};
  for (std::size_t i = 0; i < 3; ++i)
    at[i] = (axes[i][0] - origin[0]) * (a.x - origin[0]) +
            (axes[i][1] - origin[1]) * (a.y - origin[1]) +
            (axes[i][2] - origin[2]) * (a.z - origin[2]);
  Box box;
  box.x = static_cast<float>(at[0]), box.y = static_cast<float>(at[1]);
  box.z = static_cast<float>(at[2] + a.h / 2);
  box.length = static_cast<float>(a.l), box.width = static_cast<float>(a.w);
  box.height = static_cast<float>(a.h);
  box.yaw = static_cast<float>(-a.rotation_y - M_PI / 2);
  return box;
}

TEST(KittiLabels, AgreesWithAnotherDetectorsFilesOfRealFrames) {
  const auto sweeps = testing::sweeps();
  if (!sweeps) GTEST_SKIP() << "no real sweeps here: set COLONNADE_SWEEPS to their folder";
  const std::filesystem::path data = *sweeps / "kitti_labelled";
  int compared = 0;
  for (const std::string frame : {"000005", "000006", "000008", "000015", "000019"}) {
    // KITTI's images differ by some pixels from day to day.
    const ImageSize image = frame == "000015" ? ImageSize{1238, 374} : ImageSize{1242, 375};
    const KittiCalib calib = read_kitti_calib((data / (frame + ".calib.txt")).string());
    std::ifstream file(data / (frame + ".detector.txt"));
    for (std::string text; std::getline(file, text);) {
      const Line theirs = parsed(text);
      Detections d;
      d.boxes = {lidar_box(theirs, calib)};
      const Line ours = parsed(kitti_labels(d, kClasses, &calib, image));
      // Their files carry four decimals, which the image enlarges near the camera.
      EXPECT_NEAR(ours.left, theirs.left, 0.05) << frame << ": " << text;
      EXPECT_NEAR(ours.top, theirs.top, 0.05) << frame << ": " << text;
      EXPECT_NEAR(ours.right, theirs.right, 0.05) << frame << ": " << text;
      EXPECT_NEAR(ours.bottom, theirs.bottom, 0.05) << frame << ": " << text;
      EXPECT_NEAR(ours.alpha, theirs.alpha, 2e-4) << frame << ": " << text;
      EXPECT_NEAR(ours.x, theirs.x, 2e-3);
      EXPECT_NEAR(ours.y, theirs.y, 2e-3);
      EXPECT_NEAR(ours.z, theirs.z, 2e-3);
      ++compared;
    }
  }
  EXPECT_GT(compared, 20);
}

}  // namespace
}  // namespace colonnade
