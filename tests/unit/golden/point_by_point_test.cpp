// The PFN point by point against the exporter's own graph, on a sweep: every family's, and the
// model that ships.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <string>
#include <vector>

#include "detector/engine_body.hpp"
#include "measure/front_end.hpp"
#include "models.hpp"

namespace colonnade {
namespace {

using testing::GoldenModel;

std::vector<float> features_of(FrontEnd& front_end, const Cloud& cloud) {
  const PillarFeatures features = front_end.run(cloud.view()).features;
  return {features.data, features.data + features.count * features.channels};
}

EngineOptions options(bool direct, const std::string& isa = "auto") {
  EngineOptions result;
  result.direct = direct;
  result.isa = isa;
  return result;
}

void expect_equal_features(const std::string& yaml, const Cloud& cloud) {
  FrontEnd graph(yaml, options(true));
  const std::vector<float> expected = features_of(graph, cloud);
  ASSERT_FALSE(expected.empty());
  float largest = 0;
  for (const float value : expected) largest = std::max(largest, std::fabs(value));
  for (const Isa isa : usable_isas()) {
    SCOPED_TRACE(isa_name(isa));
    FrontEnd points(yaml, options(false, std::string(isa_name(isa))));
    const std::vector<float> found = features_of(points, cloud);
    ASSERT_EQ(found.size(), expected.size());
    float worst = 0;
    for (std::size_t i = 0; i < found.size(); ++i) {
      worst = std::max(worst, std::fabs(found[i] - expected[i]));
    }
    EXPECT_LE(worst, 1e-5f * largest);
    // Another order of sums, so other bits somewhere: else this compared the graph with itself.
    EXPECT_GT(worst, 0.0f);
  }
}

class PointByPoint : public ::testing::TestWithParam<GoldenModel> {};

TEST_P(PointByPoint, IsTheGraphWhereItIsOneLayer) {
  const GoldenModel& model = GetParam();
  const testing::ImportedModel imported(model);
  const auto engine = Engine::open(imported.yaml());
  const PfnRegion& pfn = engine->body().plan.pfn;
  // pgf20160610's hold their pillar count in a Reshape's middle: what can't be cut can't be tried.
  const bool is_linear = model.name != "openpcdet_pgf";
  ASSERT_EQ(pfn.linear.has_value(), is_linear) << pfn.note;
  // SmallMunich's exports end with a convolution over the slots instead of a maximum.
  const bool convolves = model.preset == "smallmunich-car" || model.preset == "autoware-car";
  EXPECT_EQ(is_linear && pfn.linear->sum, convolves);
  if (is_linear) expect_equal_features(imported.yaml(), read_cloud(model.sweep.string()));
}

INSTANTIATE_TEST_SUITE_P(Models, PointByPoint, ::testing::ValuesIn(testing::golden_models()),
                         [](const auto& parameter) { return parameter.param.name; });

TEST(PointByPoint, IsTheGraphOfTheModelThatShips) {
  const testing::fs::path source = COLONNADE_SOURCE_DIR;
  const Cloud cloud = read_cloud((testing::golden() / "openpcdet/sweep.bin").string());
  for (const char* form : {"model.yaml", "three_pieces.yaml", "cuda_pointpillars.yaml"}) {
    SCOPED_TRACE(form);
    const std::string yaml = (source / "models/kitti3" / form).string();
    const auto engine = Engine::open(yaml);
    ASSERT_TRUE(engine->body().plan.pfn.linear) << engine->body().plan.pfn.note;
    expect_equal_features(yaml, cloud);
  }
}

TEST(PointByPoint, IsOffWhereBitsAreToBeTheGraphs) {
  const GoldenModel model = testing::golden_models().front();
  const testing::ImportedModel imported(model);
  EXPECT_TRUE(Engine::open(imported.yaml())->body().point_by_point);
  EXPECT_FALSE(Engine::open(imported.yaml(), options(true))->body().point_by_point);
  EngineOptions reference;
  reference.backend = "reference";
  EXPECT_FALSE(Engine::open(imported.yaml(), reference)->body().point_by_point);
}

}  // namespace
}  // namespace colonnade
