#include <gtest/gtest.h>

#include "cloud/scalar.hpp"
#include "colonnade/cloud.hpp"
#include "files.hpp"

namespace colonnade {
namespace {

TEST(CloudView, SeesInterleavedFloats) {
  const float points[] = {1, 2, 3, 4, 5, 6, 7, 8};
  const CloudView view = view_xyzi(points, 2);
  ASSERT_NE(view.find("intensity"), nullptr);
  EXPECT_EQ(load_float(view, 1, view.find("intensity")), 8.0F);
  EXPECT_EQ(load_float(view, 0, view.find("y")), 2.0F);
  EXPECT_EQ(view.find("i"), nullptr);
  EXPECT_EQ(load_float(view, 0, view.find("i")), 0.0F);
}

TEST(CloudView, FieldsHaveSizesAndNames) {
  using enum FieldType;
  const std::pair<FieldType, const char*> types[] = {
      {i8, "int8"},   {u8, "uint8"},   {i16, "int16"},   {u16, "uint16"},
      {i32, "int32"}, {u32, "uint32"}, {f32, "float32"}, {f64, "float64"}};
  for (const auto& [type, name] : types) {
    EXPECT_EQ(name_of(type), name);
    const std::string bits = std::string(name).substr(std::string(name).find_first_of("123468"));
    EXPECT_EQ(8 * size_of(type), std::stoul(bits)) << name;
  }
}

TEST(CloudView, ReadsUnalignedScalarsOfEveryType) {
  const std::string point = 'p' + test::bytes_of(std::int8_t{-1}, std::uint16_t{65535},
                                                 std::int32_t{-70000}, 0.1, std::uint32_t{7});
  const auto* const at = reinterpret_cast<const std::byte*>(point.data());
  EXPECT_EQ(load_float(at + 1, FieldType::i8), -1.0F);
  EXPECT_EQ(load_float(at + 1, FieldType::u8), 255.0F);
  EXPECT_EQ(load_float(at + 2, FieldType::u16), 65535.0F);
  EXPECT_EQ(load_float(at + 2, FieldType::i16), -1.0F);
  EXPECT_EQ(load_float(at + 4, FieldType::i32), -70000.0F);
  EXPECT_EQ(load_float(at + 8, FieldType::f64), 0.1F);
  EXPECT_EQ(load_float(at + 16, FieldType::u32), 7.0F);
}

}  // namespace
}  // namespace colonnade
