// Bytes that repeat themselves, there and back; and what was never compressed.
#include "base/compress.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <random>

#include "colonnade/error.hpp"
#include "fails_with.hpp"

namespace colonnade {
namespace {

using Bytes = std::vector<std::byte>;

Bytes noise(std::size_t size, unsigned values) {
  std::mt19937 random(7);
  Bytes bytes(size);
  for (std::byte& byte : bytes) byte = static_cast<std::byte>(random() % values);
  return bytes;
}

TEST(Compress, ComesBack) {
  for (const Bytes& bytes : {Bytes(), Bytes(1), noise(9, 256), noise(70000, 256), noise(70000, 2),
                             Bytes(1 << 22), noise(1 << 20, 3)}) {
    SCOPED_TRACE(bytes.size());
    const Decompressed back = decompress(compress(bytes));
    EXPECT_TRUE(std::equal(back.bytes.begin(), back.bytes.end(), bytes.begin(), bytes.end()));
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(back.bytes.data()) % 64, 0U);
  }
  EXPECT_LT(compress(Bytes(1 << 20)).size(), 5000U);
}

TEST(Compress, RefusesALengthThatCantBe) {
  Bytes bytes = compress(noise(1000, 2));
  for (const std::uint64_t length : {std::uint64_t{0}, std::uint64_t{999}, std::uint64_t{1001},
                                     std::uint64_t{1} << 30, std::uint64_t{1} << 63}) {
    std::memcpy(bytes.data(), &length, sizeof length);
    EXPECT_TRUE(testing::fails_with([&] { decompress(bytes); }, std::to_string(length)));
  }
  for (std::size_t size = 1; size <= 8; ++size) {
    EXPECT_TRUE(testing::fails_with([&] { decompress(std::span(bytes).first(size)); }, "it ends"));
  }
}

// Whatever is changed: an error, or as many bytes as were.
TEST(Compress, SurvivesDamage) {
  const Bytes whole = compress(noise(5000, 2));
  std::mt19937 random(3);
  for (int round = 0; round < 20000; ++round) {
    Bytes bytes = whole;
    for (unsigned flips = 1 + random() % 4; flips > 0; --flips) {
      bytes[8 + random() % (bytes.size() - 8)] ^= static_cast<std::byte>(1U << random() % 8);
    }
    if (round % 4 == 0) bytes.resize(9 + random() % (bytes.size() - 9));
    try {
      EXPECT_EQ(decompress(bytes).bytes.size(), 5000U);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::format);
    }
  }
}

}  // namespace
}  // namespace colonnade
