#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "cloud/formats.hpp"
#include "cloud/lzf.hpp"
#include "files.hpp"

namespace colonnade {
namespace {

using test::bytes_of;
using test::error_of;
using test::place_of;
using test::value;

Cloud read(const std::string& file) {
  return read_pcd(std::as_bytes(std::span(file)), "a.pcd");
}
std::string error(const std::string& file) {
  return error_of([&] { read(file); });
}
std::string place(const std::string& file) {
  return place_of([&] { read(file); });
}

// The header of `points` points of float32 x, y, z.
std::string xyz(const std::string& points, const std::string& data) {
  return "VERSION 0.7\nFIELDS x y z\nSIZE 4 4 4\nTYPE F F F\nCOUNT 1 1 1\nWIDTH " + points +
         "\nHEIGHT 1\nVIEWPOINT 0 0 0 1 0 0 0\nPOINTS " + points + "\nDATA " + data + "\n";
}

std::vector<std::byte> bytes(const std::string& text) {
  const auto view = std::as_bytes(std::span(text));
  return {view.begin(), view.end()};
}

// A stream of literals only: legal LZF, which any writer may choose.
std::string literals(const std::string& data) {
  std::string stream;
  for (std::size_t i = 0; i < data.size(); i += 32) {
    const std::string run = data.substr(i, 32);
    stream += static_cast<char>(run.size() - 1) + run;
  }
  return stream;
}

std::string compressed(const std::string& stream, std::size_t unpacked) {
  return bytes_of(static_cast<std::uint32_t>(stream.size()), static_cast<std::uint32_t>(unpacked)) +
         stream;
}

TEST(Pcd, ReadsAsciiInAnyOrderOfFields) {
  const Cloud cloud = read(
      "# .PCD v0.7 - Point Cloud Data file format\r\n"
      "VERSION 0.7\r\n"
      "FIELDS intensity z _ y x ring\r\n"
      "SIZE 1 8 1 4 4 2\r\n"
      "TYPE U F U F F U\r\n"
      "COUNT 1 1 3 1 1 1\r\n"
      "WIDTH 2\r\nHEIGHT 1\r\n"
      "VIEWPOINT 0 0 0 1 0 0 0\r\n"
      "POINTS 2\r\nDATA ascii\r\n"
      "255 -1.5 0 0 0 2 1e1 31\r\n"
      "\r\n"
      "  0\tnan 9 9 9 -inf +4.5 65535");  // Without a line end.
  EXPECT_EQ(cloud.count, 2U);
  EXPECT_EQ(cloud.fields.size(), 5U);
  EXPECT_EQ(value<std::uint8_t>(cloud, 0, "intensity"), 255);
  EXPECT_EQ(value<double>(cloud, 0, "z"), -1.5);
  EXPECT_EQ(value<float>(cloud, 0, "x"), 10.0F);
  EXPECT_EQ(value<std::uint16_t>(cloud, 1, "ring"), 65535);
  EXPECT_TRUE(std::isnan(value<double>(cloud, 1, "z")));
  EXPECT_EQ(value<float>(cloud, 1, "y"), -HUGE_VALF);
  EXPECT_EQ(value<float>(cloud, 1, "x"), 4.5F);
}

TEST(Pcd, ReadsBinaryInPlaceOrder) {
  const std::string header =
      "VERSION .7\nFIELDS y normal _ x z t\nSIZE 4 4 2 8 2 8\nTYPE F F U F I U\n"
      "COUNT 1 3 1 1 1 1\nWIDTH 1\nHEIGHT 2\nPOINTS 2\nDATA binary\n";
  std::string body;
  for (int i = 0; i < 2; ++i) {
    body += bytes_of(2.0F + i, 0.1F, 0.2F, 0.3F, std::uint16_t{7}, 1.0 + i,
                     static_cast<std::int16_t>(-3 - i), std::uint64_t{1} << 60);
  }
  const Cloud cloud = read(header + body);
  EXPECT_EQ(cloud.count, 2U);
  EXPECT_EQ(cloud.stride, 36U);
  EXPECT_EQ(cloud.data, bytes(body));
  EXPECT_EQ(value<double>(cloud, 1, "x"), 2.0);
  EXPECT_EQ(value<float>(cloud, 1, "y"), 3.0F);
  EXPECT_EQ(value<std::int16_t>(cloud, 1, "z"), -4);
  EXPECT_EQ(value<float>(cloud, 1, "normal_2"), 0.3F);
  // No field type holds 64-bit integers: the bytes stay, without a name.
  EXPECT_EQ(cloud.view().find("t"), nullptr);
  EXPECT_EQ(cloud.view().find("_"), nullptr);
}

TEST(Pcd, ALineEndBehindBinaryPointsIsNoPoint) {
  const std::string point = bytes_of(1.0F, 2.0F, 3.0F);
  EXPECT_EQ(read(xyz("1", "binary") + point + "\n").count, 1U);
  EXPECT_EQ(error(xyz("1", "binary") + point + point),
            "expected 1 points of 12 bytes after the header, found 12 bytes more");
}

TEST(Pcd, ReadsCompressedFieldByField) {
  const std::string header =
      "VERSION 0.7\nFIELDS x y z _ intensity\nSIZE 4 4 4 1 1\nTYPE F F F U U\nCOUNT 1 1 1 2 1\n"
      "WIDTH 3\nHEIGHT 1\nPOINTS 3\nDATA binary_compressed\n";
  const std::string columns = bytes_of(1.0F, 2.0F, 3.0F, 4.0F, 5.0F, 6.0F, 7.0F, 8.0F, 9.0F) +
                              "aabbcc" + bytes_of(std::uint8_t{10}, std::uint8_t{11}) + '\x0c';
  const Cloud cloud = read(header + compressed(literals(columns), columns.size()));
  EXPECT_EQ(cloud.count, 3U);
  for (std::size_t i = 0; i < 3; ++i) {
    const float f = static_cast<float>(i);
    EXPECT_EQ(value<float>(cloud, i, "x"), 1 + f);
    EXPECT_EQ(value<float>(cloud, i, "y"), 4 + f);
    EXPECT_EQ(value<float>(cloud, i, "z"), 7 + f);
    EXPECT_EQ(value<std::uint8_t>(cloud, i, "intensity"), 10 + i);
  }
}

TEST(Pcd, RefusesBrokenCompression) {
  const std::string header = xyz("2", "binary_compressed");
  const std::string columns(24, 'a');
  const std::string stream = literals(columns);
  EXPECT_EQ(read(header + compressed(stream, 24)).count, 2U);
  EXPECT_EQ(error(header + "abc"), "is truncated: expected 8 compressed bytes, found 3");
  EXPECT_EQ(error(header + compressed(stream, 24).substr(0, 20)),
            "is truncated: expected 33 compressed bytes, found 20");
  EXPECT_EQ(error(header + compressed(stream, 0xffffffff)),
            "25 compressed bytes can't hold the 4294967295 that are declared");
  EXPECT_EQ(error(header + compressed(stream, 23)).substr(0, 40),
            "is truncated: expected 2 points of 12 by");
  EXPECT_EQ(error(header + compressed(literals(columns + "b"), 25)),
            "its compressed data isn't a stream of 2 points of 12 bytes");
  EXPECT_EQ(error(header + compressed(literals("short"), 24)),
            "its compressed data isn't a stream of 2 points of 12 bytes");
  EXPECT_EQ(read(xyz("0", "binary_compressed")).count, 0U);  // PCL writes no sizes then.
}

// Streams made by hand after liblzf's description: control < 32 is a run, else 3 bits of length.
TEST(Lzf, CopiesLiteralsAndEarlierOutput) {
  const auto unpack = [](const std::vector<int>& stream, std::size_t size) {
    std::vector<std::byte> in, out(size);
    for (const int b : stream) in.push_back(static_cast<std::byte>(b));
    if (!decompress_lzf(in, out)) return std::string("broken");
    return std::string(reinterpret_cast<const char*>(out.data()), out.size());
  };
  EXPECT_EQ(unpack({2, 'a', 'b', 'c'}, 3), "abc");
  EXPECT_EQ(unpack({2, 'a', 'b', 'c', 1 << 5, 2}, 6), "abcabc");  // 3 bytes from 3 back.
  EXPECT_EQ(unpack({0, 'a', 3 << 5, 0}, 6), "aaaaaa");            // Overlaps itself.
  EXPECT_EQ(unpack({0, 'a', 7 << 5, 1, 0}, 11), "aaaaaaaaaaa");   // 7 + 1 + 2 bytes.
  EXPECT_EQ(unpack({0, 'a', 7 << 5, 255, 0}, 265).size(), 265U);
  std::vector<int> far;  // 31 runs of 32, then a distance above 255: high bits in the control.
  for (int i = 0; i < 31; ++i) {
    far.push_back(31);
    for (int k = 0; k < 32; ++k) far.push_back(i == 0 ? 'A' + k : '.');
  }
  far.push_back(1 << 5 | (991 >> 8));
  far.push_back(991 & 255);
  EXPECT_EQ(unpack(far, 995).substr(992), "ABC");
  EXPECT_EQ(unpack({}, 0), "");
  EXPECT_EQ(unpack({0, 'a', 1 << 5, 1}, 4), "broken");   // Before the begin.
  EXPECT_EQ(unpack({5, 'a'}, 6), "broken");              // The run ends early,
  EXPECT_EQ(unpack({0, 'a', 7 << 5, 1}, 11), "broken");  // so does the copy's distance,
  EXPECT_EQ(unpack({0, 'a', 7 << 5}, 11), "broken");     // its length,
  EXPECT_EQ(unpack({0, 'a'}, 2), "broken");              // and the whole.
  EXPECT_EQ(unpack({0, 'a', 1 << 5, 0}, 3), "broken");   // Too long.
  EXPECT_EQ(unpack({1, 'a', 'b'}, 1), "broken");
}

TEST(Pcd, ListsOtherNamesOfIntensity) {
  const auto header = [](const std::string& names) {
    return "VERSION .7\nFIELDS x y z " + names +
           "\nSIZE 4 4 4 4 4\nTYPE F F F F F\nPOINTS 1\nDATA ascii\n1 2 3 4 5\n";
  };
  EXPECT_EQ(value<float>(read(header("time I")), 0, "intensity"), 5.0F);  // CARLA's name.
  EXPECT_EQ(value<float>(read(header("reflectivity time")), 0, "intensity"), 4.0F);
  EXPECT_EQ(value<float>(read(header("reflectivity time")), 0, "time"), 5.0F);
  EXPECT_EQ(value<float>(read(header("reflectivity intensity")), 0, "intensity"), 5.0F);
  EXPECT_EQ(value<float>(read(header("scalar_Intensity t")), 0, "intensity"), 4.0F);
  EXPECT_EQ(value<float>(read(header("scalar_Intensity t")), 0, "scalar_Intensity"), 4.0F);
  EXPECT_EQ(read(header("ring t")).view().find("intensity"), nullptr);
}

TEST(Pcd, DefaultsWhatOldHeadersLack) {
  EXPECT_EQ(read("VERSION .5\nCOLUMNS x y z\nSIZE 4 4 4\nTYPE F F F\nPOINTS 1\nDATA ascii\n1 2 3\n")
                .count,
            1U);
  EXPECT_EQ(read("FIELDS x y z\nSIZE 4 4 4\nTYPE F F F\nWIDTH 2\nHEIGHT 2\nDATA ascii\n"
                 "1 2 3\n1 2 3\n1 2 3\n1 2 3\n")
                .count,
            4U);
}

TEST(Pcd, ZeroPoints) {
  for (const char* const data : {"ascii", "binary"}) {
    const Cloud cloud = read(xyz("0", data));
    EXPECT_EQ(cloud.count, 0U);
    EXPECT_EQ(cloud.fields.size(), 3U);
  }
}

TEST(Pcd, CountsThatLieDontAllocate) {
  for (const char* const points : {"1000000000000000000", "18446744073709551615"}) {
    for (const char* const data : {"ascii", "binary", "binary_compressed"}) {
      const std::string body = "\1\0\0\0\1\0\0\0aaaa";
      EXPECT_NE(error(xyz(points, data) + body), "no error") << points << data;
    }
  }
  EXPECT_EQ(error(xyz("1000000000000000000", "binary") + "abc"),
            "is truncated: expected 1000000000000000000 points of 12 bytes after the header, found "
            "3 bytes");
  EXPECT_EQ(error(xyz("1000000000000000000", "ascii") + "1 2 3\n"),
            "is truncated: 6 bytes after the header can't hold 1000000000000000000 points of 3 "
            "values");
  EXPECT_EQ(error(xyz("18446744073709551616", "binary")),
            "WIDTH needs a whole number below 2^64, found '18446744073709551616'");
  EXPECT_EQ(error(xyz("-1", "binary")), "WIDTH needs a whole number below 2^64, found '-1'");
  EXPECT_EQ(error("FIELDS x y z _\nSIZE 4 4 4 1\nTYPE F F F U\nCOUNT 1 1 1 1000000000000000000\n"
                  "POINTS 1\nDATA binary\n"),
            "a point has more than the 65535 bytes that are supported");
  EXPECT_EQ(error("FIELDS x y z\nSIZE 4 4 4\nTYPE F F F\nWIDTH 4294967296\nHEIGHT 4294967296\n"
                  "POINTS 0\nDATA binary\n"),
            "WIDTH 4294967296 times HEIGHT 4294967296 contradicts POINTS 0");
}

TEST(Pcd, RefusesTruncatedBodies) {
  EXPECT_EQ(error(xyz("2", "binary") + std::string(23, 'a')),
            "is truncated: expected 2 points of 12 bytes after the header, found 23 bytes");
  EXPECT_EQ(error(xyz("2", "ascii") + "1 2 3\n\n       \n"),
            "is truncated: expected 2 points, found 1");
  EXPECT_EQ(error(xyz("1", "ascii") + "1 2 3\n4 5 6\n"),
            "goes on behind the 1 POINTS of the header");
  EXPECT_EQ(place(xyz("1", "ascii") + "1 2 3\n4 5 6\n"), "a.pcd:12");
}

TEST(Pcd, NamesLineAndValue) {
  EXPECT_EQ(error(xyz("1", "ascii") + "1 2,5 3\n"), "expected y as float32, found '2,5'");
  EXPECT_EQ(place(xyz("1", "ascii") + "1 2,5 3\n"), "a.pcd:11");
  EXPECT_EQ(error(xyz("1", "ascii") + "1 2          \n"), "expected 3 values ('x y z'), found 2");
  EXPECT_EQ(error(xyz("1", "ascii") + "1 2 3 4\n"), "expected 3 values ('x y z'), found 4");
  const std::string bytes_header =
      "FIELDS x y z i\nSIZE 4 4 4 1\nTYPE F F F U\nPOINTS 1\nDATA ascii\n";
  EXPECT_EQ(error(bytes_header + "1 2 3 256\n"), "expected i as uint8, found '256'");
  EXPECT_EQ(error(bytes_header + "1 2 3 0.5\n"), "expected i as uint8, found '0.5'");
  EXPECT_EQ(value<std::uint8_t>(read(bytes_header + "1 2 3 255.0\n"), 0, "i"), 255);
}

TEST(Pcd, RefusesHeadersThatContradictThemselves) {
  EXPECT_EQ(error("FIELDS x y z\nSIZE 4 4\nTYPE F F F\nPOINTS 1\nDATA ascii\n"),
            "SIZE needs a value for each of the 3 FIELDS, found 2");
  EXPECT_EQ(place("FIELDS x y z\nSIZE 4 4\nTYPE F F F\nPOINTS 1\nDATA ascii\n"), "a.pcd:2");
  EXPECT_EQ(
      error("FIELDS x y z\nSIZE 4 4 4\nTYPE F F F\nWIDTH 3\nHEIGHT 2\nPOINTS 5\nDATA ascii\n"),
      "WIDTH 3 times HEIGHT 2 contradicts POINTS 5");
  EXPECT_EQ(error("FIELDS x y z\nSIZE 4 4 3\nTYPE F F F\nPOINTS 1\nDATA ascii\n"),
            "a field has TYPE 'F' and SIZE 3; expected F of 4 or 8 bytes, I or U of 1, 2, 4 or 8");
  EXPECT_EQ(error("FIELDS x y i\nSIZE 4 4 4\nTYPE F F F\nPOINTS 0\nDATA ascii\n"),
            "has no field z; a cloud needs x, y and z, found 'x y i'");
  EXPECT_EQ(error("FIELDS x y z x\nSIZE 4 4 4 4\nTYPE F F F F\nPOINTS 0\nDATA ascii\n"),
            "has two fields 'x'");
  EXPECT_EQ(error("FIELDS x y z\nSIZE 4 4 4\nTYPE F F F\nDATA ascii\n"),
            "the PCD header has no line POINTS");
  EXPECT_EQ(error("VERSION 0.7\nFIELDS x y z\nSIZE 4 4 4\nTYPE F F F\nPOINTS 0\n"),
            "the PCD header has no line DATA");
  EXPECT_EQ(error("VERSION 0.7\nFIELDS x y z\nFIELDS x y z\n"), "FIELDS stands in line 2 already");
  EXPECT_EQ(error("VERSION 0.8\nDATA ascii\n"),
            "is PCD version '0.8'; versions 0.5 to 0.7 are supported");
  EXPECT_EQ(error("VERSION 0.7\n\x01\x02 bad\n").substr(0, 35),
            "expected a key of a PCD header (VER");
  EXPECT_EQ(error("FIELDS x y z\nSIZE 4 4 4\nTYPE F F F\nPOINTS 0\nDATA text\n"),
            "DATA is 'text'; expected ascii, binary or binary_compressed");
}

}  // namespace
}  // namespace colonnade
