// What all formats have in common, and the two that are nothing but floats.
#include "colonnade/io.hpp"

#include <unistd.h>

#include <cmath>
#include <limits>
#include <vector>

#include "base/npy.hpp"
#include "files.hpp"
#include "fixtures.hpp"

namespace colonnade {
namespace {

using test::bytes_of;
using test::error_of;
using test::Folder;
using test::value;

Cloud sample() {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const std::vector<float> points = {1, 2, 3, 0.5F, nan, -2, 1e-40F, 0.25F};
  const CloudView view = view_xyzi(points.data(), 2);
  return {{view.data, view.data + view.count * view.stride},
          view.count,
          view.stride,
          {view.fields, view.fields + view.field_count}};
}

TEST(CloudIo, ReadsKittiAndNuscenesByName) {
  const Folder folder;
  const std::string twenty_floats(80, '\0');  // Five points of KITTI's, four of nuScenes'.
  EXPECT_EQ(read_cloud(folder.write("a.bin", twenty_floats)).count, 5U);
  const Cloud ringed = read_cloud(folder.write("a.PCD.bin", twenty_floats));
  EXPECT_EQ(ringed.count, 4U);
  EXPECT_NE(ringed.view().find("ring"), nullptr);
  EXPECT_EQ(ringed.view().find("dt"), nullptr);
  EXPECT_EQ(read_cloud(folder.path("a.bin"), CloudFormat::nuscenes).count, 4U);
}

TEST(CloudIo, KeepsBytesAsTheyLie) {
  const Folder folder;
  const Cloud cloud = read_cloud(
      folder.write("a.bin", bytes_of(1.5F, -2.0F, 3e-42F, 0.75F, 5.0F, 6.0F, 7.0F, 8.0F)));
  EXPECT_EQ(value<float>(cloud, 0, "z"), 3e-42F);
  EXPECT_EQ(value<float>(cloud, 1, "x"), 5.0F);
  EXPECT_EQ(value<float>(cloud, 1, "intensity"), 8.0F);
}

TEST(CloudIo, EmptyFloatFilesAreEmptyClouds) {
  const Folder folder;
  EXPECT_EQ(read_cloud(folder.write("a.bin", "")).count, 0U);
  EXPECT_EQ(read_cloud(folder.write("a.pcd.bin", "")).count, 0U);
  for (const char* const name : {"a.pcd", "a.ply", "a.npy"}) {
    EXPECT_NE(error_of([&] { read_cloud(folder.write(name, "")); }), "no error") << name;
  }
}

TEST(CloudIo, SaysWhichLayoutASizeFits) {
  const Folder folder;
  EXPECT_EQ(error_of([&] { read_cloud(folder.write("a.bin", std::string(20, 'a'))); }),
            "its 20 bytes aren't a multiple of 16 (float32 x y z intensity); it is one of 20, try "
            "the format nuscenes");
  EXPECT_EQ(error_of([&] { read_cloud(folder.write("a.pcd.bin", std::string(16, 'a'))); }),
            "its 16 bytes aren't a multiple of 20 (float32 x y z intensity ring); it is one of 16, "
            "try the format kitti");
  EXPECT_EQ(error_of([&] { read_cloud(folder.write("a.bin", std::string(33, 'a'))); }),
            "its 33 bytes aren't a multiple of 16 (float32 x y z intensity)");
}

TEST(CloudIo, ContentTellsBeforeTheName) {
  const Folder folder;
  const std::string ply =
      "ply\nformat ascii 1.0\nelement vertex 1\nproperty float x\nproperty float y\n"
      "property float z\nend_header\n1 2 3\n";
  EXPECT_EQ(read_cloud(folder.write("ply.bin", ply)).count, 1U);
  EXPECT_EQ(read_cloud(folder.write("nothing", ply)).count, 1U);
  const std::string pcd =
      "VERSION .7\nFIELDS x y z\nSIZE 4 4 4\nTYPE F F F\nPOINTS 1\nDATA ascii\n"
      "1 2 3\n";
  EXPECT_EQ(read_cloud(folder.write("pcd.txt", pcd)).count, 1U);
  write_npy(folder.path("npy.bin"), Tensor(DType::f32, {7, 4}).view());
  EXPECT_EQ(read_cloud(folder.path("npy.bin")).count, 7U);
  // Whoever names a format means it.
  EXPECT_EQ(error_of([&] { read_cloud(folder.path("pcd.txt"), CloudFormat::ply); }),
            "isn't a PLY file: expected 'ply' alone in its first line");
  EXPECT_EQ(error_of([&] { read_cloud(folder.path("ply.bin"), CloudFormat::pcd); }),
            "isn't a PCD file: expected it to start with VERSION or FIELDS, after comments");
  EXPECT_EQ(error_of([&] { read_cloud(folder.write("a.xyz", "1 2 3\n")); }),
            "neither content nor name tells the cloud's format; expected .bin, .pcd.bin, .pcd, "
            ".ply or .npy, or a format by name (kitti, nuscenes, pcd, ply, npy)");
}

TEST(CloudIo, FormatsHaveNames) {
  EXPECT_EQ(cloud_format("auto"), CloudFormat::automatic);
  EXPECT_EQ(cloud_format("nuscenes"), CloudFormat::nuscenes);
  EXPECT_EQ(error_of([] { cloud_format("las"); }),
            "there's no cloud format 'las'; expected auto, kitti, nuscenes, pcd, ply or npy");
}

TEST(CloudIo, ASparseTerabyteIsRefused) {
  const Folder folder;
  const std::string path = folder.write("a.bin", "");
  if (::truncate(path.c_str(), off_t{1} << 40) != 0) GTEST_SKIP() << "no sparse files here";
  EXPECT_EQ(error_of([&] { read_cloud(path); }),
            "has 1099511627776 bytes; at most 1073741824 of such a file are read");
}

TEST(CloudIo, WhatIsWrittenIsReadBack) {
  const Folder folder;
  const Cloud cloud = sample();
  for (const char* const name : {"a.bin", "a.pcd.bin", "a.pcd", "a.ply", "a.npy"}) {
    write_cloud(cloud.view(), folder.path(name));
    const Cloud back = read_cloud(folder.path(name));
    ASSERT_EQ(back.count, 2U) << name;
    EXPECT_EQ(value<float>(back, 0, "y"), 2.0F) << name;
    EXPECT_TRUE(std::isnan(value<float>(back, 1, "x"))) << name;
    EXPECT_EQ(value<float>(back, 1, "z"), 1e-40F) << name;
    EXPECT_EQ(value<float>(back, 1, "intensity"), 0.25F) << name;
  }
  EXPECT_EQ(error_of([&] { write_cloud(cloud.view(), folder.path("none/a.pcd")); }),
            "can't be written: No such file or directory");
}

TEST(CloudIo, EmptyCloudsAreWrittenAndReadBack) {
  const Folder folder;
  Cloud cloud = sample();
  cloud.count = 0;
  for (const char* const name : {"a.bin", "a.pcd.bin", "a.pcd", "a.ply", "a.npy"}) {
    write_cloud(cloud.view(), folder.path(name));
    EXPECT_EQ(read_cloud(folder.path(name)).count, 0U) << name;
  }
}

TEST(CloudIo, WritersConvertToTheirFormat) {
  const Folder folder;
  // A driver's buffer: double z first, uint8 intensity called i, uint16 ring, a gap, unaligned.
  const std::string buffer = bytes_of(3.0, 1.0F, std::uint8_t{200}, 2.0F, std::uint16_t{31}, 'g');
  const std::vector<PointField> fields = {{"z", 0, FieldType::f64},
                                          {"x", 8, FieldType::f32},
                                          {"i", 12, FieldType::u8},
                                          {"y", 13, FieldType::f32},
                                          {"ring", 17, FieldType::u16}};
  const CloudView view{reinterpret_cast<const std::byte*>(buffer.data()), 1, buffer.size(),
                       fields.data(), fields.size()};
  write_cloud(view, folder.path("a.pcd.bin"));
  const Cloud floats = read_cloud(folder.path("a.pcd.bin"));
  EXPECT_EQ(value<float>(floats, 0, "z"), 3.0F);
  EXPECT_EQ(value<float>(floats, 0, "intensity"), 200.0F);
  EXPECT_EQ(value<float>(floats, 0, "ring"), 31.0F);
  for (const char* const name : {"a.pcd", "a.ply"}) {
    write_cloud(view, folder.path(name));
    const Cloud packed = read_cloud(folder.path(name));
    EXPECT_EQ(packed.stride, buffer.size() - 1) << name;  // Without the gap.
    EXPECT_EQ(value<double>(packed, 0, "z"), 3.0) << name;
    EXPECT_EQ(value<std::uint8_t>(packed, 0, "i"), 200) << name;
    EXPECT_EQ(value<std::uint8_t>(packed, 0, "intensity"), 200) << name;
    EXPECT_EQ(value<std::uint16_t>(packed, 0, "ring"), 31) << name;
  }
}

TEST(CloudIo, RefusesFieldNamesThatBreakAHeader) {
  const Folder folder;
  Cloud cloud = sample();
  cloud.fields[3].name = "two words";
  EXPECT_EQ(error_of([&] { write_cloud(cloud.view(), folder.path("a.ply")); }),
            "a field called 'two words' can't be written; expected a name without blanks");
}

TEST(NpyCloud, ColumnsAreNamedByTheirNumber) {
  const Folder folder;
  const std::string path = folder.path("a.npy");
  write_npy(path, Tensor::of<double>({1, 3}, {1, 2, 3}).view());
  const Cloud three = read_cloud(path);
  EXPECT_EQ(value<double>(three, 0, "z"), 3.0);
  EXPECT_EQ(three.view().find("intensity"), nullptr);
  write_npy(path, Tensor::of<float>({2, 5}, {1, 2, 3, 4, 0, 6, 7, 8, 9, 0.45F}).view());
  EXPECT_EQ(value<float>(read_cloud(path), 1, "dt"), 0.45F);
}

TEST(NpyCloud, ARingIsNoTime) {
  const Folder folder;
  const std::string path = folder.path("a.npy");
  write_npy(path, Tensor::of<float>({2, 5}, {1, 2, 3, 4, 0, 6, 7, 8, 9, 31}).view());
  EXPECT_EQ(error_of([&] { read_cloud(path); }),
            "row 1 has 31 in its fifth column, where dt in [0, 10] seconds is expected (save four "
            "columns if it's the ring)");
}

TEST(NpyCloud, RefusesOtherShapesAndTypes) {
  const Folder folder;
  const std::string path = folder.path("a.npy");
  for (const Shape& shape : {Shape{4}, Shape{2, 2}, Shape{2, 6}, Shape{1, 2, 3}}) {
    write_npy(path, Tensor(DType::f32, shape).view());
    EXPECT_EQ(error_of([&] { read_cloud(path); }),
              "holds float32 " + shape.to_string() +
                  "; expected float32 or float64 of [N,3], [N,4] or [N,5]");
  }
  write_npy(path, Tensor(DType::i32, {2, 4}).view());
  EXPECT_EQ(error_of([&] { read_cloud(path); }).substr(0, 17), "holds int32 [2,4]");
}

TEST(RealClouds, ReadWhole) {
  const auto sweeps = testing::sweeps();
  if (!sweeps) GTEST_SKIP() << "no real sweeps here: set COLONNADE_SWEEPS to their folder";
  const Cloud kitti = read_cloud((*sweeps / "kitti_full/000000.bin").string());
  EXPECT_EQ(kitti.count, 125635U);
  for (std::size_t i = 0; i < kitti.count; ++i) {
    ASSERT_GE(value<float>(kitti, i, "intensity"), 0.0F);
    ASSERT_LE(value<float>(kitti, i, "intensity"), 1.0F);
  }
  const char* const name = "n015-2018-07-24-11-22-45+0800__LIDAR_TOP__1532402927647951.pcd.bin";
  const Cloud nuscenes = read_cloud((*sweeps / "nuscenes" / name).string());
  EXPECT_EQ(nuscenes.count, 34688U);
  for (std::size_t i = 0; i < nuscenes.count; ++i) {
    const float ring = value<float>(nuscenes, i, "ring");
    ASSERT_EQ(ring, static_cast<float>(i % 32));  // The HDL-32E fires its lasers in turn.
  }
}

}  // namespace
}  // namespace colonnade
