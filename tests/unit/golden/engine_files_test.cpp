// Each family's model through an engine file: the boxes of its model.yaml, bit for bit.
#include <gtest/gtest.h>

#include <cstring>
#include <tuple>

#include "colonnade/build.hpp"
#include "colonnade/detector.hpp"
#include "models.hpp"

namespace colonnade {
namespace {

using testing::GoldenModel;

Detections detect(const std::string& path, const GoldenModel& model, bool direct) {
  DetectorOptions options;
  options.threads = 2;
  options.direct = direct;
  const Cloud cloud = read_cloud(model.sweep.string());
  Detections detections;
  Detector::open(path, options).detect(cloud.view(), detections);
  return detections;
}

class GoldenEngines : public ::testing::TestWithParam<std::tuple<GoldenModel, bool>> {};

TEST_P(GoldenEngines, GiveTheBoxesOfTheirModel) {
  const auto& [model, direct] = GetParam();
  const testing::TemporaryFolder folder;
  const std::string engine = folder.file("a.engine");
  std::vector<Box> expected;
  {
    const testing::ImportedModel imported(model);
    EXPECT_FALSE(onnx2engine(imported.yaml(), engine).reused);
    EXPECT_TRUE(onnx2engine(imported.yaml(), engine).reused);
    expected = detect(imported.yaml(), model, direct).boxes;
  }
  // The model's own files are gone.
  const std::vector<Box> found = detect(engine, model, direct).boxes;
  ASSERT_FALSE(expected.empty());
  ASSERT_EQ(found.size(), expected.size());
  EXPECT_EQ(std::memcmp(found.data(), expected.data(), found.size() * sizeof(Box)), 0);
}

INSTANTIATE_TEST_SUITE_P(Models, GoldenEngines,
                         ::testing::Combine(::testing::ValuesIn(testing::golden_models()),
                                            ::testing::Bool()),
                         [](const auto& parameter) {
                           return std::get<0>(parameter.param).name +
                                  (std::get<1>(parameter.param) ? "_direct" : "");
                         });

TEST(GoldenEngine, OfTheReferenceBackendOpensAsSuch) {
  const GoldenModel model = testing::golden_models().front();
  const testing::ImportedModel imported(model);
  const testing::TemporaryFolder folder;
  BuildOptions options;
  options.backend = "reference";
  onnx2engine(imported.yaml(), folder.file("a.engine"), options);
  EXPECT_EQ(Engine::open(folder.file("a.engine"))->backend(), "reference");
  EngineOptions other;
  other.backend = "cpu";
  EXPECT_THROW(Engine::open(folder.file("a.engine"), other), Error);
}

}  // namespace
}  // namespace colonnade
