// What is reused, rebuilt, refused; several builders; the cache.
#include "colonnade/build.hpp"

#include <gtest/gtest.h>

#include <thread>

#include "base/file.hpp"
#include "engine_file/contents.hpp"
#include "fails_with.hpp"
#include "fixtures.hpp"
#include "temporary_folder.hpp"

namespace colonnade {
namespace {

namespace fs = std::filesystem;
using testing::fails_with;

/// A copy of a golden graph whose weights lie in a file beside it.
class Build : public ::testing::Test {
 protected:
  void SetUp() override {
    const fs::path golden = fs::path(COLONNADE_SOURCE_DIR) / "tests/golden/openpcdet";
    for (const char* name : {"dynamo_rpn.onnx", "dynamo_rpn.onnx.data"}) {
      fs::copy_file(golden / name, folder_.path() / name);
    }
  }
  std::string onnx() const { return folder_.file("dynamo_rpn.onnx"); }
  std::string engine() const { return folder_.file("a.engine"); }
  BuildReport build(const BuildOptions& options = {}) const {
    return onnx2engine(onnx(), engine(), options);
  }
  void change(const std::string& name, std::size_t at) const {
    const std::string path = folder_.file(name);
    std::string text(WholeFile::read(path)->text());
    text.at(at) = static_cast<char>(text[at] ^ 1);
    write_file(path, text);
  }
  std::size_t files() const {
    return static_cast<std::size_t>(
        std::distance(fs::directory_iterator(folder_.path()), fs::directory_iterator()));
  }

  testing::TemporaryFolder folder_;
};

TEST_F(Build, ReusesWhatIsTheSame) {
  const BuildReport first = build();
  EXPECT_FALSE(first.reused);
  EXPECT_EQ(first.bytes, fs::file_size(engine()));
  EXPECT_GT(first.weight_bytes, 0U);
  const auto written = fs::last_write_time(engine());
  EXPECT_TRUE(build().reused);
  EXPECT_EQ(fs::last_write_time(engine()), written);
  // A copy of the same content elsewhere is the same content.
  const testing::TemporaryFolder other;
  for (const char* name : {"dynamo_rpn.onnx", "dynamo_rpn.onnx.data"}) {
    fs::copy_file(folder_.file(name), other.file(name));
  }
  EXPECT_TRUE(onnx2engine(other.file("dynamo_rpn.onnx"), engine()).reused);
}

TEST_F(Build, RebuildsWhatIsAnother) {
  build();
  change("dynamo_rpn.onnx.data", 1000);  // A weight, outside of the .onnx.
  EXPECT_FALSE(build().reused);
  BuildOptions options;
  options.isa = "portable";
  EXPECT_FALSE(build(options).reused);
  options.workspace /= 2;
  EXPECT_FALSE(build(options).reused);
  options.backend = "reference";
  EXPECT_FALSE(build(options).reused);
  EXPECT_TRUE(build(options).reused);
  change("a.engine", fs::file_size(engine()) - 1);
  std::string told;
  options.log = [&](LogLevel, std::string_view message) { told = message; };
  EXPECT_FALSE(build(options).reused);
  EXPECT_NE(told.find("weights"), std::string::npos) << told;
  EXPECT_TRUE(build(options).reused);
}

TEST_F(Build, RefusesToOverwriteWhereItMustnt) {
  BuildOptions options;
  options.overwrite = false;
  EXPECT_FALSE(build(options).reused);
  EXPECT_TRUE(build(options).reused);
  change("dynamo_rpn.onnx.data", 1000);
  EXPECT_TRUE(fails_with([&] { build(options); }, "is there and isn't this engine"));
  EXPECT_TRUE(fails_with([&] { onnx2engine(onnx(), onnx()); }, "would replace a file"));
  EXPECT_TRUE(fails_with([&] { onnx2engine(onnx(), onnx() + ".data"); }, "would replace a file"));
}

TEST_F(Build, TellsWhatIsMissing) {
  EXPECT_TRUE(fails_with([&] { onnx2engine(folder_.file("b.onnx"), engine()); }, "No such file"));
  write_file(folder_.file("b.onnx"), "");
  EXPECT_TRUE(fails_with([&] { onnx2engine(folder_.file("b.onnx"), engine()); }, "is empty"));
  build();
  EXPECT_TRUE(fails_with([&] { onnx2engine(engine(), folder_.file("b")); }, "engine file already"));
  EXPECT_TRUE(fails_with([&] { onnx2engine(onnx(), folder_.file("no/b")); }, "can't be written"));
  BuildOptions options;
  options.workspace = 1000;
  EXPECT_TRUE(fails_with([&] { build(options); }, "may hold"));
  EXPECT_TRUE(onnx2engine(onnx(), engine()).reused);  // What was there stays.
}

TEST_F(Build, EntersItsPhases) {
  std::vector<std::string> phases;
  BuildOptions options;
  options.on_phase = [&](std::string_view phase) { phases.emplace_back(phase); };
  build(options);
  EXPECT_EQ(phases, (std::vector<std::string>{"read", "check", "compile", "write"}));
  EXPECT_EQ(phases.size(), kBuildPhases);
}

TEST_F(Build, OfOneFileByManyAtOnce) {
  std::vector<std::thread> builders;
  for (int i = 0; i < 8; ++i) {
    builders.emplace_back([&, i] {
      BuildOptions options;
      options.isa = i % 2 == 0 ? "portable" : "auto";
      for (int k = 0; k < 5; ++k) {
        build(options);
        EXPECT_EQ(read_engine(engine()).origin.source, "dynamo_rpn.onnx");
      }
    });
  }
  for (std::thread& builder : builders) builder.join();
  EXPECT_EQ(files(), 3U);  // Nothing unfinished is left.
}

TEST_F(Build, RemovesWhatKilledBuildsLeft) {
  write_file(folder_.file("a.engine.partial-1-1"), "half");
  write_file(folder_.file("b.engine.partial-1-1"), "another's");
  build();
  EXPECT_FALSE(fs::exists(folder_.file("a.engine.partial-1-1")));
  EXPECT_TRUE(fs::exists(folder_.file("b.engine.partial-1-1")));
}

TEST_F(Build, CachesByContent) {
  const std::string cache = folder_.file("new/cache");
  EXPECT_TRUE(list_cache(cache).empty());
  const BuildReport first = onnx2cache(onnx(), cache, 1 << 30);
  EXPECT_FALSE(first.reused);
  EXPECT_TRUE(onnx2cache(onnx(), cache, 1 << 30).reused);
  BuildOptions options;
  options.isa = "portable";
  const BuildReport second = onnx2cache(onnx(), cache, 1 << 30, options);
  EXPECT_NE(second.engine, first.engine);
  EXPECT_TRUE(onnx2cache(onnx(), cache, 1 << 30).reused);  // Used last.
  auto listed = list_cache(cache);
  ASSERT_EQ(listed.size(), 2U);
  EXPECT_EQ(listed[0].path, first.engine);
  EXPECT_EQ(listed[0].source, "dynamo_rpn.onnx");
  EXPECT_EQ(listed[0].bytes, first.bytes);

  // Room for two: the one unused for longest goes.
  options.backend = "reference";
  const BuildReport third = onnx2cache(onnx(), cache, 2 * first.bytes + 100, options);
  listed = list_cache(cache);
  ASSERT_EQ(listed.size(), 2U);
  EXPECT_EQ(listed[0].path, third.engine);
  EXPECT_EQ(listed[1].path, first.engine);
  // Room for none: what was asked for stays.
  onnx2cache(onnx(), cache, 0);
  ASSERT_EQ(list_cache(cache).size(), 1U);
  EXPECT_EQ(list_cache(cache)[0].path, first.engine);

  write_file(cache + "/notes.engine", "mine");
  EXPECT_EQ(clear_cache(cache), 1U);
  EXPECT_TRUE(fs::exists(cache + "/notes.engine"));
  EXPECT_EQ(clear_cache(cache), 0U);
}

TEST_F(Build, RepairsADamagedCache) {
  const std::string cache = folder_.file("cache");
  const BuildReport first = onnx2cache(onnx(), cache, 1 << 30);
  fs::resize_file(first.engine, 1000);
  EXPECT_EQ(list_cache(cache).at(0).source, "");
  EXPECT_FALSE(onnx2cache(onnx(), cache, 1 << 30).reused);
  EXPECT_TRUE(onnx2cache(onnx(), cache, 1 << 30).reused);
}

}  // namespace
}  // namespace colonnade
