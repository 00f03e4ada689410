#include <gtest/gtest.h>

#include <algorithm>

#include "cloud/formats.hpp"
#include "files.hpp"

namespace colonnade {
namespace {

using test::bytes_of;
using test::error_of;
using test::place_of;
using test::value;

Cloud read(const std::string& file) {
  return read_ply(std::as_bytes(std::span(file)), "a.ply");
}
std::string error(const std::string& file) {
  return error_of([&] { read(file); });
}

std::string header(const std::string& format, const std::string& elements) {
  return "ply\nformat " + format + " 1.0\n" + elements + "end_header\n";
}
const std::string kXyz = "property float x\nproperty float y\nproperty float z\n";

template <typename T>
std::string big_endian(T value) {
  std::string bytes = bytes_of(value);
  std::reverse(bytes.begin(), bytes.end());
  return bytes;
}

TEST(Ply, ReadsAsciiBetweenOtherElements) {
  const Cloud cloud = read(
      "ply\r\nformat ascii 1.0\r\ncomment made by hand\r\nobj_info none\r\n"
      "element camera 2\r\nproperty list uchar float view\r\n"
      "element vertex 2\r\nproperty double z\r\nproperty float x\r\nproperty float y\r\n"
      "property uchar Intensity\r\n"
      "element face 1\r\nproperty list uchar int vertex_indices\r\n"
      "end_header\r\n"
      "3 1 2 3\r\n2 9 9\r\n"
      "3.25 1 2 200\r\n-3 nan 5 7\r\n"
      "3 0 1 0\r\n");
  EXPECT_EQ(cloud.count, 2U);
  EXPECT_EQ(value<double>(cloud, 0, "z"), 3.25);
  EXPECT_EQ(value<float>(cloud, 0, "y"), 2.0F);
  EXPECT_EQ(value<std::uint8_t>(cloud, 1, "intensity"), 7);
  EXPECT_EQ(value<std::uint8_t>(cloud, 1, "Intensity"), 7);
}

TEST(Ply, ReadsBothEndiannesses) {
  const std::string elements =
      "element origin 2\nproperty short a\nproperty int32 b\n"
      "element vertex 2\n" +
      kXyz +
      "property ushort ring\nproperty float64 t\n"
      "element face 1\nproperty list uchar int vertex_indices\n";
  std::string little(12, '#'), big(12, '#');  // Two origins of 6 bytes.
  for (int i = 0; i < 2; ++i) {
    const float x = 1.5F + i, y = -2.0F, z = 1e-3F;
    const std::uint16_t ring = 258;
    const double t = 0.125;
    little += bytes_of(x, y, z, ring, t);
    big += big_endian(x) + big_endian(y) + big_endian(z) + big_endian(ring) + big_endian(t);
  }
  const std::string face = "\3aaaabbbbcccc";
  for (const Cloud& cloud : {read(header("binary_little_endian", elements) + little + face),
                             read(header("binary_big_endian", elements) + big + face)}) {
    ASSERT_EQ(cloud.count, 2U);
    EXPECT_EQ(cloud.stride, 22U);
    EXPECT_EQ(value<float>(cloud, 1, "x"), 2.5F);
    EXPECT_EQ(value<float>(cloud, 1, "z"), 1e-3F);
    EXPECT_EQ(value<std::uint16_t>(cloud, 1, "ring"), 258);
    EXPECT_EQ(value<double>(cloud, 1, "t"), 0.125);
  }
}

TEST(Ply, ZeroAndOnePoint) {
  for (const char* const format : {"ascii", "binary_little_endian", "binary_big_endian"}) {
    EXPECT_EQ(read(header(format, "element vertex 0\n" + kXyz)).count, 0U);
  }
  EXPECT_EQ(read(header("ascii", "element vertex 1\n" + kXyz) + "1 2 3").count, 1U);
}

TEST(Ply, CountsThatLieDontAllocate) {
  const std::string elements = "element vertex 1000000000000000000\n" + kXyz;
  EXPECT_EQ(error(header("ascii", elements) + "1 2 3\n"),
            "is truncated: 6 bytes after the header can't hold 1000000000000000000 points of 3 "
            "values");
  EXPECT_EQ(error(header("binary_little_endian", elements) + "abc"),
            "is truncated: expected 1000000000000000000 points of 12 bytes after the header, found "
            "3 bytes");
  EXPECT_EQ(error(header("ascii",
                         "element other 1000000000000000000\nproperty int a\n"
                         "element vertex 1\n" +
                             kXyz) +
                  "1\n2\n"),
            "is truncated: expected 1000000000000000000 of element 'other', found 2");
  EXPECT_EQ(error(header("binary_big_endian",
                         "element other 6148914691236517206\nproperty int a\n"
                         "element vertex 1\n" +
                             kXyz) +
                  "1\n2\n")
                .substr(0, 13),
            "is truncated:");
}

TEST(Ply, RefusesListsWhereTheyHideThePoints) {
  EXPECT_EQ(error(header("binary_little_endian",
                         "element face 1\nproperty list uchar int v\n"
                         "element vertex 1\n" +
                             kXyz)),
            "element 'face' has the list 'v'; expected numbers only in the points and in binary "
            "elements before them");
  EXPECT_EQ(error(header("ascii", "element vertex 1\n" + kXyz + "property list uchar int v\n") +
                  "1 2 3 0\n")
                .substr(0, 34),
            "element 'vertex' has the list 'v';");
}

TEST(Ply, NamesWhatIsWrong) {
  EXPECT_EQ(error("plywood\n"), "isn't a PLY file: expected 'ply' alone in its first line");
  EXPECT_EQ(error("ply\nformat ascii 1.0\n"), "the PLY header has no line end_header");
  EXPECT_EQ(error("ply\nend_header\n"),
            "expected a line 'format' before end_header, found 'end_header'");
  EXPECT_EQ(error(header("ascii", "")), "the PLY header has no element vertex");
  EXPECT_EQ(error(header("text", "")),
            "expected format ascii, binary_little_endian or binary_big_endian, found 'format text "
            "1.0'");
  EXPECT_EQ(error("ply\nformat ascii 2.0\n"), "expected version 1.0, found 'format ascii 2.0'");
  EXPECT_EQ(error(header("ascii", "element vertex\n")),
            "expected element NAME COUNT, found 'element vertex'");
  EXPECT_EQ(error(header("ascii", "element vertex 1\nproperty half x\n")),
            "expected a type (char, uchar, short, ushort, int, uint, float, double), found "
            "'property half x'");
  EXPECT_EQ(error(header("ascii", "property float x\n")).substr(0, 38),
            "expected format, element, property, co");
  EXPECT_EQ(error(header("ascii", "element vertex 1\n" + kXyz) + "1 two 3\n"),
            "expected y as float32, found 'two'");
  EXPECT_EQ(place_of([] { read(header("ascii", "element vertex 1\n" + kXyz) + "1 two 3\n"); }),
            "a.ply:8");
  EXPECT_EQ(error(header("ascii", "element vertex 0\nproperty float x\n")),
            "has no field y; a cloud needs x, y and z, found 'x'");
}

}  // namespace
}  // namespace colonnade
