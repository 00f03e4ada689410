#include "base/file.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <thread>

#include "base/sizes.hpp"
#include "fails_with.hpp"
#include "temporary_folder.hpp"

namespace colonnade {
namespace {

using testing::fails_with;

class WholeFileTest : public ::testing::Test {
 protected:
  std::string path(const char* name) const { return folder_.file(name); }
  testing::TemporaryFolder folder_;
};

TEST_F(WholeFileTest, HoldsEveryByte) {
  write_file(path("a"), "one\ntwo");
  EXPECT_EQ(WholeFile::read(path("a"))->text(), "one\ntwo");
  write_file(path("a"), "");
  EXPECT_EQ(WholeFile::read(path("a"))->bytes().size(), 0U);
}

TEST_F(WholeFileTest, CountsBytesBeforeItTakesMemory) {
  write_file(path("a"), "12345");
  EXPECT_EQ(WholeFile::read(path("a"), 5)->text(), "12345");
  EXPECT_TRUE(fails_with([&] { WholeFile::read(path("a"), 4); },
                         "has 5 bytes; at most 4 of such a file are read"));
  if (::truncate(path("a").c_str(), off_t{1} << 42) != 0) GTEST_SKIP() << "no sparse files here";
  EXPECT_TRUE(fails_with([&] { WholeFile::read(path("a")); }, "has 4398046511104 bytes"));
}

TEST_F(WholeFileTest, IsOfAFileOnly) {
  ASSERT_EQ(::mkfifo(path("pipe").c_str(), 0600), 0);
  EXPECT_TRUE(fails_with([&] { WholeFile::read(path("pipe")); }, "is a pipe or a device"));
  EXPECT_TRUE(fails_with([&] { WholeFile::read("/dev/zero"); }, "is a pipe or a device"));
  EXPECT_TRUE(fails_with([&] { WholeFile::read(path(".")); }, "is a folder"));
  EXPECT_TRUE(fails_with([&] { WholeFile::read(path("none")); }, "can't be read"));
  EXPECT_TRUE(fails_with([&] { WholeFile::read(""); }, "found an empty one"));
}

// A recorder starts its file anew while it's read: what is there is what is read. Touching pages of
// a mapping beyond the new end would end the process.
TEST_F(WholeFileTest, MayBeCutMeanwhile) {
  const std::string name = path("a");
  write_file(name, "");
  std::atomic<bool> stop{false};
  std::thread writer([&] {
    while (!stop) {
      for (const off_t size : {off_t{1} << 22, off_t{0}}) {
        if (::truncate(name.c_str(), size) != 0) return;
      }
    }
  });
  for (int i = 0; i < 200; ++i) {
    const auto file = WholeFile::read(name);
    const std::span<const std::byte> bytes = file->bytes();
    EXPECT_EQ(std::count(bytes.begin(), bytes.end(), std::byte{0}),
              static_cast<std::ptrdiff_t>(bytes.size()));
  }
  stop = true;
  writer.join();
}

TEST(CheckedCast, KeepsTheNumberOrSaysWhich) {
  EXPECT_EQ(checked_cast<std::uint32_t>(std::uint64_t{4294967295}, "a", "its size"), 4294967295U);
  EXPECT_TRUE(
      fails_with([] { checked_cast<std::uint32_t>(std::int64_t{1} << 32, "a.bin", "its size"); },
                 "a.bin: its size 4294967296 is beyond what this machine can address"));
  EXPECT_TRUE(fails_with([] { checked_cast<std::size_t>(std::int64_t{-1}, "a", "its size"); },
                         "its size -1"));
}

}  // namespace
}  // namespace colonnade
