#include "report/picture.hpp"

#include <gtest/gtest.h>
#include <png.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <set>
#include <string>
#include <vector>

#include "colonnade/error.hpp"
#include "report/picture/boxes.hpp"
#include "report/picture/colours.hpp"
#include "report/picture/font.hpp"
#include "report/picture/glyphs.hpp"
#include "report/picture/ticks.hpp"
#include "temporary_folder.hpp"

namespace colonnade {
namespace {

struct Png {
  int width = 0, height = 0;
  std::vector<std::uint8_t> rgb;

  std::array<int, 3> at(int x, int y) const {
    const auto i = static_cast<std::size_t>(y * width + x) * 3;
    return {rgb[i], rgb[i + 1], rgb[i + 2]};
  }
};

Png read_png(const std::string& path) {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  EXPECT_NE(png_image_begin_read_from_file(&image, path.c_str()), 0) << image.message;
  image.format = PNG_FORMAT_RGB;
  Png png{static_cast<int>(image.width), static_cast<int>(image.height), {}};
  png.rgb.resize(PNG_IMAGE_SIZE(image));
  EXPECT_NE(png_image_finish_read(&image, nullptr, png.rgb.data(), 0, nullptr), 0);
  return png;
}

constexpr int kSide = 800, kPlot = kSide - 322, kPlotRight = kSide - 244;

class Picture : public ::testing::Test {
 protected:
  void SetUp() override {
    input.range = {-50, 50, -50, 50};
    input.classes = classes;
    input.file = "frame.bin";
    input.long_side = kSide;
  }

  Png drawn() {
    write_bev_picture(input, path);
    return read_png(path);
  }

  /// Pixels that differ between two pictures.
  static std::vector<std::array<int, 2>> changes(const Png& a, const Png& b) {
    EXPECT_EQ(a.rgb.size(), b.rgb.size());
    std::vector<std::array<int, 2>> out;
    for (int y = 0; y < a.height; ++y)
      for (int x = 0; x < a.width; ++x)
        if (a.at(x, y) != b.at(x, y)) out.push_back({x, y});
    return out;
  }

  const testing::TemporaryFolder folder;
  const std::string path = folder.file("frame.png");
  std::vector<std::string> classes{"Car", "Pedestrian"};
  PictureInput input;
};

TEST_F(Picture, LongSideIsAsAsked) {
  const Png square = drawn();
  EXPECT_EQ(std::max(square.width, square.height), kSide);
  input.range = {0, 69.12, -39.68, 39.68};
  const Png kitti = drawn();
  EXPECT_EQ(kitti.width, kSide);
  EXPECT_LT(kitti.height, kitti.width);
}

TEST_F(Picture, ForwardIsUpAndLeftIsLeft) {
  const std::vector<float> none;
  input.cloud = view_xyzi(none.data(), 0);
  const Png empty = drawn();
  const std::vector<float> points = {33, 27, 0, 0};  // Ahead, to the left.
  input.cloud = view_xyzi(points.data(), 1);
  const Png one = drawn();
  double x = 0, y = 0, n = 0;
  for (const auto& p : changes(empty, one))
    if (p[0] < kPlotRight) x += p[0] + 0.5, y += p[1] + 0.5, n += 1;
  ASSERT_GT(n, 0);
  // 104 metres (2 of margin on either side) stand on kPlot pixels from (78, 92).
  const double scale = kPlot / 104.0;
  EXPECT_NEAR(x / n, 78 + (52 - 27) * scale, 1);
  EXPECT_NEAR(y / n, 92 + (52 - 33) * scale, 1);
}

TEST_F(Picture, PointsOutsideTheRangeOrNotFiniteAreNotDrawn) {
  const std::vector<float> none;
  input.cloud = view_xyzi(none.data(), 0);
  const Png empty = drawn();
  constexpr float nan = std::numeric_limits<float>::quiet_NaN();
  constexpr float inf = std::numeric_limits<float>::infinity();
  const std::vector<float> points = {99,  0, 0,   0, 0, -99, 0,    0, nan,   0,      0,   0,
                                     inf, 0, 0,   0, 0, inf, 0,    0, 0,     0,      nan, 0,
                                     1,   1, inf, 0, 1, 1,   -inf, 0, 3e38F, -3e38F, 0,   0};
  input.cloud = view_xyzi(points.data(), points.size() / 4);
  for (const auto& p : changes(empty, drawn())) EXPECT_GE(p[0], kPlotRight);  // Only its count.
}

TEST_F(Picture, AnyFieldTypeAtAnyOffsetDrawsTheSame) {
  const std::vector<float> points = {12, 7, 1, 0, -20, 30, -2, 0};
  input.cloud = view_xyzi(points.data(), 2);
  const Png expected = drawn();
  // z as int16, y as float64, x as int8, packed without padding behind one byte of something else.
  const PointField fields[] = {
      {"z", 1, FieldType::i16}, {"y", 3, FieldType::f64}, {"x", 11, FieldType::i8}};
  std::vector<std::byte> packed(24);
  for (std::size_t i = 0; i < 2; ++i) {
    const auto x = static_cast<std::int8_t>(points[4 * i]);
    const auto y = static_cast<double>(points[4 * i + 1]);
    const auto z = static_cast<std::int16_t>(points[4 * i + 2]);
    std::memcpy(&packed[12 * i + 1], &z, 2);
    std::memcpy(&packed[12 * i + 3], &y, 8);
    std::memcpy(&packed[12 * i + 11], &x, 1);
  }
  input.cloud = {packed.data(), 2, 12, fields, 3};
  EXPECT_EQ(drawn().rgb, expected.rgb);
}

TEST_F(Picture, TheHighestPointIsOnTopWhateverTheOrder) {
  const std::vector<float> up = {12, 7, -1, 0, 12, 7, 2, 0, 30, 0, -2, 0};
  const std::vector<float> down = {30, 0, -2, 0, 12, 7, 2, 0, 12, 7, -1, 0};
  input.cloud = view_xyzi(up.data(), 3);
  const Png first = drawn();
  input.cloud = view_xyzi(down.data(), 3);
  EXPECT_EQ(drawn().rgb, first.rgb);
}

TEST_F(Picture, BoxIsOutlinedInItsClassColour) {
  Box box;
  box.x = 20, box.y = -10, box.length = 8, box.width = 4, box.label = 1, box.score = 0.5F;
  input.boxes = {&box, 1};
  const Png png = drawn();
  const double scale = kPlot / 104.0;
  const Colour colour = class_colour(1);
  // The middle of the left side: 2 m to the left of the centre.
  const auto pixel = png.at(static_cast<int>(std::lround(78 + (52 + 8) * scale - 0.5)),
                            static_cast<int>(92 + (52 - 18) * scale));
  EXPECT_NEAR(pixel[0], colour.r * 255, 40);
  EXPECT_NEAR(pixel[1], colour.g * 255, 40);
  EXPECT_NEAR(pixel[2], colour.b * 255, 40);
}

TEST_F(Picture, OddBoxesAreHarmless) {
  std::vector<Box> boxes(5);
  boxes[0].x = std::numeric_limits<float>::quiet_NaN();
  boxes[1].length = 3e38F;
  boxes[1].width = 1;
  boxes[2].x = 1e6F;
  boxes[3].label = -7;
  boxes[4].label = 1 << 30;
  boxes[4].yaw = std::numeric_limits<float>::infinity();
  input.boxes = boxes;
  EXPECT_EQ(drawn().width, kSide);
}

TEST_F(Picture, ThinRangesKeepRoomForTheWords) {
  input.range = {0, 200, -5, 5};
  input.stamp = "random weights";
  input.file = std::string(3000, 'x');
  EXPECT_EQ(drawn().height, kSide);
  input.range = {0, 5, -100, 100};
  EXPECT_EQ(drawn().width, kSide);
  input.range = {200, 300, -50, 50};  // The sensor is far out of view.
  EXPECT_EQ(drawn().height, 638);     // As much as the legend needs.
}

TEST_F(Picture, StampIsUnmissable) {
  const Png plain = drawn();
  input.stamp = "random weights";
  EXPECT_GT(changes(plain, drawn()).size(), 1500U);
}

TEST_F(Picture, RefusesWithOneSentence) {
  EXPECT_THROW(write_bev_picture(input, folder.file("no/such.png")), Error);
  input.range = {10, 10, -1, 1};
  try {
    write_bev_picture(input, path);
    FAIL();
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), ErrorCode::invalid_argument);
    EXPECT_STREQ(e.what(),
                 "picture: expected a range with min < max, at most 100000 m away, found x 10 to "
                 "10, y -1 to 1");
  }
  input.range = {0, 1, 0, std::numeric_limits<double>::infinity()};
  EXPECT_THROW(write_bev_picture(input, path), Error);
  input.range = {0, 1, 0, 1};
  input.long_side = 1 << 30;
  EXPECT_THROW(write_bev_picture(input, path), Error);
  input.long_side = kSide;
  const float xy[] = {0, 0};
  const PointField fields[] = {{"x", 0, FieldType::f32}, {"y", 4, FieldType::f32}};
  input.cloud = {reinterpret_cast<const std::byte*>(xy), 1, 8, fields, 2};
  EXPECT_THROW(write_bev_picture(input, path), Error);
}

TEST(PictureFootprint, TurnsCounterClockwise) {
  Box box;
  box.x = 1, box.y = 2, box.length = 4, box.width = 2;
  box.yaw = static_cast<float>(M_PI / 2);  // Heading along +y: the front left corner is at -x.
  const auto corners = footprint(box);
  EXPECT_NEAR(corners[0][0], 0, 1e-6);
  EXPECT_NEAR(corners[0][1], 4, 1e-6);
}

TEST(PictureColours, HeightsGrowLighterEvenly) {
  double before = -1;
  for (int i = 0; i <= 20; ++i) {
    const Colour c = height_colour(i / 20.0);
    const double luminance =
        0.2126 * std::pow(c.r, 2.2) + 0.7152 * std::pow(c.g, 2.2) + 0.0722 * std::pow(c.b, 2.2);
    EXPECT_GT(luminance, before);
    before = luminance;
  }
  EXPECT_EQ(height_colour(-5).b, height_colour(0).b);
}

TEST(PictureFont, HasEveryPrintableSignOnce) {
  std::set<char32_t> codes;
  char32_t before = 0;
  for (const Glyph& glyph : kGlyphs) {
    EXPECT_GT(glyph.code, before);  // The look-up is a binary search.
    before = glyph.code;
    codes.insert(glyph.code);
  }
  for (char32_t c = U'!'; c <= U'~'; ++c) EXPECT_EQ(codes.count(c), 1U) << static_cast<int>(c);
}

TEST(PictureFont, MeasuresAndFits) {
  EXPECT_EQ(text_width("", 14), 0);
  EXPECT_EQ(text_width("0", 14), 8);
  EXPECT_EQ(text_width("1", 14), text_width("8", 14));  // Digits align in columns.
  EXPECT_EQ(text_width("HH", 14), 9 + 4 + 9);
  EXPECT_EQ(fitted("abc", 10, 1000), "abc");
  const std::string cut = fitted(std::string(50, 'a') + "z", 10, 100);
  EXPECT_LE(text_width(cut, 10), 100);
  EXPECT_EQ(cut.back(), 'z');
  EXPECT_EQ(fitted("\xff\xfe\xc3", 10, 1000).size(), 3U);  // Not UTF-8; no harm.
  EXPECT_EQ(fitted("wide", 10, 0), "\u2026");
}

TEST(PictureTicks, AreExactAndZeroHasNoSign) {
  EXPECT_EQ(ticks(-2, 71.12, 20), (std::vector<double>{0, 20, 40, 60}));
  EXPECT_FALSE(std::signbit(ticks(-0.5, 0.5, 1)[0]));
  EXPECT_EQ(ticks(-2.5, 1.5, 1), (std::vector<double>{-2, -1, 0, 1}));
}

}  // namespace
}  // namespace colonnade
