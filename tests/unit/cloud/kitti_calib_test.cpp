#include "cloud/kitti_calib.hpp"

#include <fstream>

#include "files.hpp"
#include "fixtures.hpp"

namespace colonnade {
namespace {

using test::error_of;
using test::Folder;
using test::place_of;

// A camera at the LiDAR's origin that looks along +x: x right = -y, y down = -z, z ahead = x.
const std::string kP2 = "P2: 700 0 600 0 0 700 180 0 0 0 1 0\n";
const std::string kR0 = "R0_rect: 1 0 0 0 1 0 0 0 1\n";
const std::string kTr = "Tr_velo_to_cam: 0 -1 0 0 0 0 -1 0 1 0 0 0\n";

TEST(KittiCalib, TurnsLidarIntoCameraAndImage) {
  const Folder folder;
  const KittiCalib calib = read_kitti_calib(folder.write("c.txt", "P0: 1 2\n" + kP2 + kR0 + kTr));
  const auto camera = calib.to_camera(10, 2, -1);
  EXPECT_DOUBLE_EQ(camera[0], -2);
  EXPECT_DOUBLE_EQ(camera[1], 1);
  EXPECT_DOUBLE_EQ(camera[2], 10);
  const KittiCalib::Pixel pixel = calib.project(camera);
  EXPECT_DOUBLE_EQ(pixel.u, 600 - 700 * 0.2);
  EXPECT_DOUBLE_EQ(pixel.v, 180 + 700 * 0.1);
  EXPECT_DOUBLE_EQ(pixel.depth, 10);
}

TEST(KittiCalib, AppliesRotationsAndTranslationsInOrder) {
  const Folder folder;
  // R0_rect turns a quarter about z after Tr's shift by (1, 2, 3); P2 adds its fourth column.
  const KittiCalib calib =
      read_kitti_calib(folder.write("c.txt",
                                    "P2: 1 0 0 5 0 1 0 6 0 0 1 7\r\n"
                                    "R0_rect: 0 -1 0 1 0 0 0 0 1\r\n"
                                    "Tr_velo_to_cam: 1 0 0 1 0 1 0 2 0 0 1 3\r\n"));
  const auto camera = calib.to_camera(10, 20, 30);
  EXPECT_EQ(camera, (std::array<double, 3>{-22, 11, 33}));
  const KittiCalib::Pixel pixel = calib.project(camera);
  EXPECT_DOUBLE_EQ(pixel.depth, 40);
  EXPECT_DOUBLE_EQ(pixel.u, -17.0 / 40);
  EXPECT_DOUBLE_EQ(pixel.v, 17.0 / 40);
}

TEST(KittiCalib, ImageIsHalfOpenAndAhead) {
  const Folder folder;
  const KittiCalib calib = read_kitti_calib(folder.write("c.txt", kP2 + kR0 + kTr));
  const double width = 1200, height = 360;
  EXPECT_TRUE(calib.in_image(7, 6, 0, width, height));    // u == 0
  EXPECT_FALSE(calib.in_image(7, -6, 0, width, height));  // u == width
  EXPECT_TRUE(calib.in_image(7, -5.99, 0, width, height));
  EXPECT_TRUE(calib.in_image(7, 0, 1.8, width, height));    // v == 0
  EXPECT_FALSE(calib.in_image(7, 0, -1.8, width, height));  // v == height
  EXPECT_FALSE(calib.in_image(-7, 0, 0, width, height));    // Behind, though u and v would fit.
  EXPECT_FALSE(calib.in_image(0, 0, 0, width, height));
}

TEST(KittiCalib, NamesFileLineAndKey) {
  const Folder folder;
  const auto read = [&](const std::string& text) {
    return error_of([&] { read_kitti_calib(folder.write("c.txt", text)); });
  };
  EXPECT_EQ(read(kP2 + kTr),
            "has no line 'R0_rect: ...' of 9 numbers; expected the calib file of KITTI's object "
            "benchmark");
  EXPECT_EQ(read(kR0 + "P2: 1 2 3\n" + kTr), "P2 needs 12 finite numbers, found 3");
  EXPECT_EQ(read("P2: 1 2 x\n"), "P2 needs 12 finite numbers, found 'x'");
  EXPECT_EQ(read("R0_rect: 1 0 0 0 nan 0 0 0 1\n"), "R0_rect needs 9 finite numbers, found 'nan'");
  EXPECT_EQ(read("R0_rect: 1 0 0 0 1 0 0 0 1 0\n"), "R0_rect needs 9 finite numbers, found 10");
  EXPECT_EQ(read(kP2 + kP2), "P2 stands there a second time");
  EXPECT_EQ(read("").substr(0, 22), "has no line 'P2: ...' ");
  EXPECT_EQ(place_of([&] { read_kitti_calib(folder.write("d.txt", kP2 + "\n" + kP2)); }),
            folder.path("d.txt") + ":3");
  EXPECT_EQ(error_of([&] { read_kitti_calib(folder.path("missing")); }),
            "can't be read: No such file or directory");
}

// The labelled boxes' 2D rectangles come from the same calibration: the first object of 000001 is
// a truck whose 3D centre must fall inside its rectangle.
TEST(KittiCalib, AgreesWithRealLabels) {
  const auto sweeps = testing::sweeps();
  if (!sweeps) GTEST_SKIP() << "no real sweeps here: set COLONNADE_SWEEPS to their folder";
  const std::string base = (*sweeps / "kitti_labelled/000001").string();
  const KittiCalib calib = read_kitti_calib(base + ".calib.txt");
  std::ifstream labels(base + ".label.txt");
  std::string type;
  int checked = 0;
  while (labels >> type) {
    double v[14];
    for (double& number : v) labels >> number;
    if (type == "DontCare") continue;
    const KittiCalib::Pixel pixel = calib.project({v[10], v[11] - v[7] / 2, v[12]});
    EXPECT_GT(pixel.u, v[3]) << type;
    EXPECT_LT(pixel.u, v[5]) << type;
    EXPECT_GT(pixel.v, v[4]) << type;
    EXPECT_LT(pixel.v, v[6]) << type;
    ++checked;
  }
  EXPECT_GT(checked, 0);
}

}  // namespace
}  // namespace colonnade
