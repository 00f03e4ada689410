#include "base/npy.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <string>
#include <vector>

#include "base/file.hpp"
#include "base/npy_header.hpp"
#include "temporary_folder.hpp"

namespace colonnade {
namespace {

class Npy : public ::testing::Test {
 protected:
  const testing::TemporaryFolder folder;
  const std::string path = folder.file("tensor.npy");

  // A file around `dict` as NumPy lays it out, without the padding.
  Tensor read(int version, const std::string& dict, const std::string& elements) {
    std::string file = std::string(kNpyMagic) + static_cast<char>(version) + '\0';
    const std::size_t digits = version == 1 ? 2 : 4;
    for (std::size_t i = 0; i < digits; ++i) file += static_cast<char>(dict.size() >> (8 * i));
    write_file(path, file + dict + elements);
    return read_npy(path);
  }

  std::string error_of(const std::string& dict, const std::string& elements) {
    try {
      read(1, dict, elements);
    } catch (const Error& error) {
      EXPECT_EQ(error.where(), path);
      const std::string what = error.what();
      return what.substr(what.find(": ") + 2);
    }
    return "no error";
  }

  std::string error_of_file(const std::string& file) {
    write_file(path, file);
    try {
      read_npy(path);
    } catch (const Error& error) {
      return error.what();
    }
    return "no error";
  }
};

std::string dict(const std::string& descr, const std::string& shape,
                 const std::string& fortran = "False") {
  return "{'descr': '" + descr + "', 'fortran_order': " + fortran + ", 'shape': " + shape + ", }\n";
}

TEST_F(Npy, ReadsAllThreeVersions) {
  for (const int version : {1, 2, 3}) {
    const Tensor t = read(version, dict("|u1", "(2, 3)"), "abcdef");
    EXPECT_EQ(t.dtype(), DType::u8);
    EXPECT_EQ(t.shape(), (Shape{2, 3}));
    EXPECT_EQ(t.as<std::uint8_t>()[5], 'f');
  }
}

TEST_F(Npy, ReadsBigEndian) {
  using std::string_literals::operator""s;
  const Tensor floats = read(1, dict(">f4", "(2,)"), "\x3f\x80\0\0\xc0\0\0\0"s);
  EXPECT_EQ(floats.as<float>()[0], 1.0F);
  EXPECT_EQ(floats.as<float>()[1], -2.0F);
  const Tensor wide = read(1, dict(">i8", "()"), "\0\0\0\0\0\0\x01\x02"s);
  EXPECT_EQ(wide.shape().rank(), 0U);
  EXPECT_EQ(wide.as<std::int64_t>()[0], 258);
}

TEST_F(Npy, TurnsFortranOrderIntoRows) {
  // numpy.asfortranarray(numpy.arange(24).reshape(2, 3, 4)): element (i, j, k) at i + 2 j + 6 k.
  std::string elements(24, '\0');
  for (std::size_t i = 0; i < 2; ++i) {
    for (std::size_t j = 0; j < 3; ++j) {
      for (std::size_t k = 0; k < 4; ++k)
        elements[i + 2 * j + 6 * k] = static_cast<char>(12 * i + 4 * j + k);
    }
  }
  const Tensor t = read(1, dict("|i1", "(2, 3, 4)", "True"), elements);
  for (std::size_t n = 0; n < 24; ++n) EXPECT_EQ(t.as<std::int8_t>()[n], static_cast<int>(n));
}

TEST_F(Npy, FortranOrderOfWideBigEndianElements) {
  using std::string_literals::operator""s;
  const Tensor t = read(1, dict(">u2", "(2, 2)", "True"), "\0\1\0\3\0\2\0\4"s);
  EXPECT_EQ(to_int64(t.view()), (std::vector<std::int64_t>{1, 2, 3, 4}));
}

TEST_F(Npy, EveryTypeSurvivesARoundTrip) {
  for (const DType type : {DType::f32, DType::f64, DType::f16, DType::i8, DType::u8, DType::i16,
                           DType::u16, DType::i32, DType::u32, DType::i64, DType::u64}) {
    Tensor tensor(type, {3, 5});
    auto* bytes = tensor.as<unsigned char>();
    for (std::size_t i = 0; i < tensor.bytes(); ++i) bytes[i] = static_cast<unsigned char>(37 * i);
    write_npy(path, tensor.view());
    const Tensor back = read_npy(path);
    EXPECT_EQ(back.dtype(), type);
    EXPECT_EQ(back.shape(), tensor.shape());
    EXPECT_EQ(std::memcmp(back.data(), tensor.data(), tensor.bytes()), 0) << name_of(type);
  }
}

TEST_F(Npy, BoolsAreZeroOrOne) {
  using std::string_literals::operator""s;
  const Tensor t = read(1, dict("|b1", "(4,)"), "\0\1\2\xff"s);
  unsigned char bytes[4];
  std::memcpy(bytes, t.data(), 4);
  EXPECT_EQ(bytes[0], 0);
  EXPECT_EQ(bytes[1], 1);
  EXPECT_EQ(bytes[2], 1);
  EXPECT_EQ(bytes[3], 1);
}

TEST_F(Npy, WritesBfloat16AsFloat32) {
  write_npy(path, Tensor::of<BFloat16>({2}, {BFloat16(1.5), BFloat16(-0.0078125)}).view());
  const Tensor back = read_npy(path);
  EXPECT_EQ(back.dtype(), DType::f32);
  EXPECT_EQ(back.as<float>()[0], 1.5F);
  EXPECT_EQ(back.as<float>()[1], -0.0078125F);
}

TEST_F(Npy, WritesWhatNumPyWrites) {
  const std::string scalar = npy_header(DType::f32, {});
  EXPECT_EQ(scalar.size() % 64, 0U);
  EXPECT_EQ(scalar.substr(0, 8), std::string("\x93NUMPY\1\0", 8));
  EXPECT_EQ(scalar.substr(10, 58), "{'descr': '<f4', 'fortran_order': False, 'shape': (), }   ");
  EXPECT_EQ(scalar.back(), '\n');
  EXPECT_NE(npy_header(DType::i64, {3}).find("'<i8', 'fortran_order': False, 'shape': (3,), }"),
            std::string::npos);
  EXPECT_NE(npy_header(DType::boolean, {3, 0}).find("'|b1'"), std::string::npos);
  EXPECT_NE(npy_header(DType::u8, {3, 0}).find("'shape': (3, 0), }"), std::string::npos);
}

TEST_F(Npy, EmptyTensorsHaveAShape) {
  write_npy(path, Tensor(DType::f32, {0, 4}).view());
  EXPECT_EQ(read_npy(path).shape(), (Shape{0, 4}));
}

TEST_F(Npy, AcceptsOtherSpellingsOfTheDict) {
  // Python 2 wrote longs, other languages' writers order keys, quotes and commas their own way.
  const Tensor t =
      read(1, R"({"shape":(2L,1L),"fortran_order":False,"descr":"=u2"})", std::string(4, 'a'));
  EXPECT_EQ(t.shape(), (Shape{2, 1}));
  EXPECT_EQ(t.dtype(), DType::u16);
}

TEST_F(Npy, RefusesHostileSizesWithoutAllocating) {
  EXPECT_EQ(error_of(dict("<f4", "(4611686018427387904, 4)"), ""),
            "declares the shape [4611686018427387904,4], which is too large for any file");
  EXPECT_EQ(error_of(dict("<f4", "(4611686018427387904,)"), ""),
            "declares the shape [4611686018427387904], which is too large for any file");
  EXPECT_EQ(error_of(dict("<f4", "(1000000000000000,)"), "abcd"),
            "expected 4000000000000000 bytes of elements for float32 [1000000000000000], found 4");
  EXPECT_EQ(error_of(dict("<f4", "(99999999999999999999,)"), ""),
            "expected a dimension in [0, 2^63) at character 51 of the .npy header, found "
            "\"99999999999999999999\"");
  EXPECT_EQ(error_of(dict("<f4", "(-1,)"), "abcd").substr(0, 32),
            "expected a dimension in [0, 2^63");
  EXPECT_EQ(error_of(dict("<f4", "(1, 1, 1, 1, 1, 1, 1, 1, 1)"), "abcd"),
            "the array has more than the 8 dimensions that are supported");
}

TEST_F(Npy, RefusesTruncatedAndOverlongBodies) {
  EXPECT_EQ(error_of(dict("<f4", "(2,)"), "abcdefg"),
            "expected 8 bytes of elements for float32 [2], found 7");
  EXPECT_EQ(error_of(dict("<f4", "(2,)"), "abcdefghi"),
            "expected 8 bytes of elements for float32 [2], found 9");
}

TEST_F(Npy, RefusesWhatTensorsCantHold) {
  EXPECT_EQ(error_of(dict("<c8", "(1,)"), "abcdefgh").substr(0, 28),
            "holds elements of type '<c8'");
  EXPECT_EQ(error_of(dict("|V2", "(1,)"), "ab").substr(0, 28), "holds elements of type '|V2'");
  EXPECT_EQ(error_of("{'descr': [('x', '<f4')], 'fortran_order': False, 'shape': (1,), }", "abcd"),
            "holds a structured array; expected one plain element type");
}

TEST_F(Npy, NamesWhatIsWrongInAHeader) {
  EXPECT_EQ(error_of("{'descr': '<f4', 'shape': (1,), }", "abcd"),
            "the .npy header lacks the key 'fortran_order'");
  EXPECT_EQ(error_of("{'descr': '<f4', 'descr': '<f4'}", "abcd").substr(0, 36),
            "the .npy header has the key 'descr' ");
  EXPECT_EQ(error_of("{'descr': '<f4", "abcd"),
            "expected a closing quote at character 10 of the .npy header, found \"'<f4\"");
  EXPECT_EQ(error_of(dict("<f4", "(1,)") + "x", "abcd").substr(0, 21), "expected nothing more");
  EXPECT_EQ(error_of("", "abcd"), "expected '{' at character 0 of the .npy header, found its end");
}

TEST_F(Npy, RefusesOtherFiles) {
  EXPECT_NE(error_of_file("").find("isn't a .npy file"), std::string::npos);
  EXPECT_NE(error_of_file("PK\3\4 an .npz").find("isn't a .npy file"), std::string::npos);
  EXPECT_NE(error_of_file(std::string(kNpyMagic) + "\x09").find("is .npy version 9"),
            std::string::npos);
  EXPECT_NE(error_of_file(std::string(kNpyMagic)).find("is truncated"), std::string::npos);
  EXPECT_NE(error_of_file(std::string(kNpyMagic) + std::string("\1\0\x76\0{'des", 9))
                .find("is truncated: expected 128 bytes of .npy header, found 15"),
            std::string::npos);
  EXPECT_THROW(read_npy(path + ".missing"), Error);
}

}  // namespace
}  // namespace colonnade
