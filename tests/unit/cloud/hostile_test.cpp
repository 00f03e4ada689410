// Readers meet files that broke or lie: every answer is a cloud or an Error, never a crash.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "cloud/formats.hpp"
#include "cloud/scalar.hpp"
#include "files.hpp"

namespace colonnade {
namespace {

using test::bytes_of;
using Reader = Cloud (*)(FileBytes, const std::string&);

struct Sample {
  const char* name;
  Reader read;
  std::string file;
};

std::vector<Sample> samples() {
  const std::string points = bytes_of(1.0F, 2.0F, 3.0F, std::uint8_t{4}, 5.0F, 6.0F, 7.0F, '\x08');
  const std::string pcd =
      "VERSION 0.7\nFIELDS x y z _\nSIZE 4 4 4 1\nTYPE F F F U\nCOUNT 1 1 1 1\nWIDTH 2\nHEIGHT 1\n"
      "POINTS 2\nDATA ";
  const std::string ply =
      "element other 1\nproperty uchar a\nelement vertex 2\nproperty float x\nproperty float y\n"
      "property float z\nproperty uchar i\nend_header\n";
  const std::string npy = "\x93NUMPY\1" + std::string(1, '\0') + "\x40" + std::string(1, '\0') +
                          "{'descr': '<f4', 'fortran_order': True, 'shape': (2, 3)}       \n" +
                          std::string(24, '\0');
  const std::string sizes = bytes_of(std::uint32_t{5}, std::uint32_t{26});
  return {
      {"kitti", read_kitti, points + points.substr(0, 6)},
      {"nuscenes", read_nuscenes, points + points.substr(0, 14)},
      {"pcd ascii", read_pcd, pcd + "ascii\n1 2 3 4\n5 nan 7 8\n"},
      {"pcd binary", read_pcd, pcd + "binary\n" + points},
      {"pcd compressed", read_pcd,
       pcd + "binary_compressed\n" + sizes + std::string("\x00\x01\xe0\x10\x00", 5)},
      {"ply ascii", read_ply, "ply\nformat ascii 1.0\n" + ply + "1\n1 2 3 4\n5 6 inf 8\n"},
      {"ply little", read_ply, "ply\nformat binary_little_endian 1.0\n" + ply + "a" + points},
      {"ply big", read_ply, "ply\nformat binary_big_endian 1.0\n" + ply + "a" + points},
      {"npy", read_npy_cloud, npy},
  };
}

// Reads a copy of exactly the file's size, so that a sanitizer sees every byte beyond it.
bool survives(const Sample& sample, const std::string& file) {
  const std::vector<char> exact(file.begin(), file.end());
  try {
    const Cloud cloud = sample.read(std::as_bytes(std::span(exact)), sample.name);
    EXPECT_EQ(cloud.data.size(), cloud.count * cloud.stride) << sample.name;
    for (const PointField& field : cloud.fields) {
      EXPECT_LE(field.offset + size_of(field.type), cloud.stride) << sample.name;
    }
    EXPECT_LE(cloud.data.size(), 100 * file.size()) << sample.name;
  } catch (const Error& error) {
    EXPECT_EQ(error.where().rfind(sample.name, 0), 0U) << error.what();
    EXPECT_NE(error.code(), ErrorCode::internal) << error.what();
    return false;
  }
  return true;
}

TEST(HostileClouds, TheSamplesAreSound) {
  for (const Sample& sample : samples()) EXPECT_TRUE(survives(sample, sample.file)) << sample.name;
}

TEST(HostileClouds, EveryPrefix) {
  for (const Sample& sample : samples()) {
    for (std::size_t n = 0; n < sample.file.size(); ++n) survives(sample, sample.file.substr(0, n));
  }
}

TEST(HostileClouds, EveryByteReplaced) {
  for (const Sample& sample : samples()) {
    for (std::size_t i = 0; i < sample.file.size(); ++i) {
      for (const char c : {'\0', '\n', ' ', '-', '9', 'x', '\x7f', '\xff'}) {
        std::string file = sample.file;
        file[i] = c;
        survives(sample, file);
      }
    }
  }
}

TEST(HostileClouds, EveryPieceRepeatedOrMissing) {
  for (const Sample& sample : samples()) {
    for (std::size_t i = 0; i < sample.file.size(); i += 3) {
      for (const std::size_t length : {1U, 7U, 40U}) {
        const std::string piece = sample.file.substr(i, length);
        survives(sample, sample.file.substr(0, i) + piece + sample.file.substr(i));
        survives(sample, sample.file.substr(0, i) + sample.file.substr(i + piece.size()));
      }
    }
  }
}

}  // namespace
}  // namespace colonnade
