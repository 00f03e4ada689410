// Engines of INT8: what they need, what they hold, what they're rebuilt for; the boxes.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>

#include "backends/cpu/backend.hpp"
#include "base/file.hpp"
#include "colonnade/build.hpp"
#include "colonnade/io.hpp"
#include "engine_file/contents.hpp"
#include "fails_with.hpp"
#include "unit/detector/demo.hpp"

namespace colonnade {
namespace {

using testing::fails_with;

class Int8Build : public ::testing::Test {
 protected:
  void SetUp() override {
    const Isa best = usable_isas().front();
    if (cpu_backend().choose(best, Precision::int8).effective != Precision::int8) {
      GTEST_SKIP() << "this machine has no INT8 kernel";
    }
    for (std::uint64_t seed = 1; seed <= 3; ++seed) {
      clouds_.push_back(folder_.file("cloud" + std::to_string(seed) + ".npy"));
      write_cloud(testing::view(testing::heaps(seed, 12)), clouds_.back());
    }
    options_.precision = "int8";
    options_.calibrate = {clouds_[0], clouds_[1]};
  }
  std::string engine() const { return folder_.file("a.engine"); }
  BuildReport build(const BuildOptions& options) const {
    return onnx2engine(testing::demo_model(), engine(), options);
  }
  std::vector<std::string> precisions() const {
    std::vector<std::string> result;
    for (const auto& layer : read_engine(engine()).precision.layers) {
      result.push_back(layer.precision);
    }
    return result;
  }
  std::vector<Box> boxes(const std::string& path, bool dense) const {
    DetectorOptions options;
    options.threads = 2;
    options.dense = dense;
    Detections detections;
    Detector::open(path, options).detect(read_cloud(clouds_[2]).view(), detections);
    return detections.boxes;
  }

  testing::TemporaryFolder folder_;
  std::vector<std::string> clouds_;
  BuildOptions options_;
};

void expect_same(const std::vector<Box>& a, const std::vector<Box>& b) {
  ASSERT_EQ(a.size(), b.size());
  EXPECT_EQ(std::memcmp(a.data(), b.data(), a.size() * sizeof(Box)), 0);
}

TEST_F(Int8Build, HoldsItsCalibrationAndRunsAllLayersWithIt) {
  const BuildReport report = build(options_);
  EXPECT_EQ(report.precision, "int8");
  const EngineContents contents = read_engine(engine());
  ASSERT_TRUE(contents.calibration);
  EXPECT_EQ(contents.calibration->method, "minmax");
  EXPECT_EQ(contents.calibration->clouds.size(), 2U);
  const std::vector<std::string> found = precisions();
  EXPECT_GT(found.size(), 5U);
  EXPECT_EQ(std::count(found.begin(), found.end(), "int8"),
            static_cast<std::ptrdiff_t>(found.size()));
  const std::vector<Box> sparse = boxes(engine(), false);
  EXPECT_FALSE(sparse.empty());
  expect_same(boxes(engine(), true), sparse);
}

TEST_F(Int8Build, ASavedCalibrationGivesTheSameEngine) {
  options_.save_calibration = folder_.file("c.json");
  build(options_);
  const std::vector<Box> expected = boxes(engine(), false);
  BuildOptions again;
  again.precision = "int8";
  again.calibrate = {options_.save_calibration};
  EXPECT_FALSE(build(again).reused);
  expect_same(boxes(engine(), false), expected);
  EXPECT_TRUE(build(again).reused);

  std::string text(WholeFile::read(options_.save_calibration)->text());
  const std::size_t model = text.find("\"model\":\"") + 9;
  text[model] = text[model] == '0' ? '1' : '0';
  write_file(options_.save_calibration, std::string_view(text));
  EXPECT_TRUE(fails_with([&] { build(again); }, "another network"));
}

TEST_F(Int8Build, IsAnotherOneOfOtherCloudsMethodsAndLayers) {
  build(options_);
  EXPECT_TRUE(build(options_).reused);
  options_.calibration_method = "percentile";
  EXPECT_FALSE(build(options_).reused);
  options_.calibrate.pop_back();
  EXPECT_FALSE(build(options_).reused);
  EXPECT_TRUE(build(options_).reused);

  const std::vector<EnginePrecision::Layer> layers = read_engine(engine()).precision.layers;
  options_.layers = {{layers[1].name, "fp32"}};
  EXPECT_FALSE(build(options_).reused);
  std::vector<std::string> expected(layers.size(), "int8");
  expected[1] = "fp32";
  EXPECT_EQ(precisions(), expected);
  EXPECT_EQ(Engine::open(engine())->precision(), "int8");

  options_.layers = {{layers[1].name + "x", "fp32"}};
  EXPECT_TRUE(fails_with([&] { build(options_); }, "did you mean '" + layers[1].name + "'"));
}

TEST_F(Int8Build, SaysWhatItNeeds) {
  BuildOptions plain;
  plain.precision = "int8";
  EXPECT_TRUE(fails_with([&] { build(plain); }, "--calibrate"));
  plain.precision = "bf16";
  plain.calibrate = options_.calibrate;
  EXPECT_TRUE(fails_with([&] { build(plain); }, "for precision int8"));
  options_.calibration_method = "mean";
  EXPECT_TRUE(fails_with([&] { build(options_); }, "percentile"));
  DetectorOptions detector;
  detector.precision = "int8";
  EXPECT_TRUE(fails_with([&] { Detector::open(testing::demo_model(), detector); }, "--calibrate"));
}

}  // namespace
}  // namespace colonnade
