// Cutting a model: what is recognised, what is proven, what is refused.
#include "plan/plan.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "colonnade/error.hpp"
#include "plan/describe.hpp"
#include "plan/find_scatter.hpp"
#include "test_graph.hpp"

namespace colonnade {
namespace {

constexpr std::int64_t kWidth = 6, kHeight = 5, kPoints = 4, kChannels = 3;

using testing::add_input;
using testing::add_node;

/// A grid of 6 x 5 cells whose pillars give their points' x, y, z: the PFN is a maximum.
ModelSpec small_spec() {
  ModelSpec spec;
  spec.grid = {{0, 0, -1}, {kWidth, kHeight, 1}, {1, 1}};
  spec.pillars.max_pillars = 20;
  spec.pillars.max_points = kPoints;
  spec.pillars.features = {PointFeature::x, PointFeature::y, PointFeature::z};
  spec.heads.resize(1);
  GraphSpec graph;
  graph.file = "model.onnx";
  graph.inputs = {{{"points", -1}, InputSource::points},
                  {{"coords", -1}, InputSource::coords_bzyx}};
  graph.outputs = {{{"scores", -1}, OutputMeaning::class_scores, 0}};
  spec.graphs = {graph};
  return spec;
}

enum class Index { right, columns_and_rows_swapped };
enum class Features { independent, centred_over_all_pillars };

/// points [P,4,3] -> max -> ScatterND into a zero canvas by iy * 6 + ix -> [1,3,5,6] -> Relu.
Graph small_graph(std::int64_t pillars, Index index_rule = Index::right,
                  Features feature_rule = Features::independent) {
  Graph g;
  const ValueId points = add_input(g, "points", DType::f32, Shape{pillars, kPoints, kChannels});
  const ValueId coords = add_input(g, "coords", DType::i64, Shape{pillars, 4});
  const auto integers = [&](std::initializer_list<std::int64_t> values) {
    return g.add_constant(
        "", Tensor::of<std::int64_t>({static_cast<std::int64_t>(values.size())}, values));
  };
  ValueId features = add_node(g, op::Reduce{op::ReduceKind::max, false, false},
                              {points, integers({1})}, "features");
  if (feature_rule == Features::centred_over_all_pillars) {
    const ValueId mean = add_node(g, op::Reduce{op::ReduceKind::mean, true, false},
                                  {features, integers({0})}, "mean");
    features = add_node(g, op::Binary{op::BinaryKind::sub}, {features, mean}, "centred");
  }
  const bool right = index_rule == Index::right;
  const ValueId weights = g.add_constant(
      "", Tensor::of<std::int64_t>({4}, {0, 0, right ? kWidth : 1, right ? 1 : kHeight}));
  const ValueId weighted =
      add_node(g, op::Binary{op::BinaryKind::mul}, {coords, weights}, "weighted");
  const ValueId index =
      add_node(g, op::Reduce{op::ReduceKind::sum, true, false}, {weighted, integers({1})}, "index");
  const ValueId canvas =
      g.add_constant("canvas", Tensor(DType::f32, {kHeight * kWidth, kChannels}));
  const ValueId filled = add_node(g, op::ScatterND{}, {canvas, index, features}, "filled");
  const ValueId turned = add_node(g, op::Transpose{{1, 0}}, {filled}, "turned");
  const ValueId image =
      add_node(g, op::Reshape{}, {turned, integers({1, kChannels, kHeight, kWidth})}, "image");
  g.outputs = {add_node(g, op::Unary{op::UnaryKind::relu}, {image}, "scores")};
  return g;
}

std::string message_of(const ModelSpec& spec, const Graph& graph) {
  try {
    make_plan(spec, {graph});
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(Plan, CutsOneGraphIntoThreeRegions) {
  const Plan plan = make_plan(small_spec(), {small_graph(kUnknownDim)});
  EXPECT_EQ(plan.pfn.channels, kChannels);
  EXPECT_EQ(plan.pfn.chunk, 128);
  ASSERT_EQ(plan.pfn.sources.size(), 1U);
  EXPECT_EQ(plan.pfn.sources[0], InputSource::points);
  ASSERT_EQ(plan.rpn.graph.nodes.size(), 1U);
  EXPECT_EQ(plan.rpn.graph.values[plan.rpn.graph.inputs[0]].shape,
            (Shape{1, kChannels, kHeight, kWidth}));
}

// NVIDIA's exports are static at 10,000 pillars; nothing but their declaration holds them to it.
TEST(Plan, RunsAStaticExportInChunksToo) {
  const Plan plan = make_plan(small_spec(), {small_graph(20)});
  EXPECT_EQ(plan.pfn.chunk, 128);
  EXPECT_EQ(plan.pfn.input_shapes[0], (Shape{128, kPoints, kChannels}));
}

TEST(Plan, RunsPillarsTogetherWhereTheyDependOnEachOther) {
  const Plan plan =
      make_plan(small_spec(), {small_graph(20, Index::right, Features::centred_over_all_pillars)});
  EXPECT_EQ(plan.pfn.chunk, 20);
}

TEST(Plan, RefusesAScatterThatPutsPillarsElsewhere) {
  const std::string message =
      message_of(small_spec(), small_graph(kUnknownDim, Index::columns_and_rows_swapped));
  EXPECT_NE(message.find("order of coords"), std::string::npos) << message;
}

TEST(Plan, RefusesAGridThatTheGraphDoesNotFill) {
  ModelSpec spec = small_spec();
  spec.grid.max[0] = kWidth - 1;
  const std::string message = message_of(spec, small_graph(kUnknownDim));
  EXPECT_NE(message.find("[1,3,5,6]"), std::string::npos) << message;
  EXPECT_NE(message.find("[1,3,5,5]"), std::string::npos) << message;
}

TEST(Plan, NamesWhatItDoesNotKnow) {
  ModelSpec spec = small_spec();
  spec.graphs[0].inputs.pop_back();
  EXPECT_NE(message_of(spec, small_graph(kUnknownDim)).find("'coords'"), std::string::npos);
  spec = small_spec();
  spec.graphs[0].outputs[0].tensor.name = "logits";
  const std::string message = message_of(spec, small_graph(kUnknownDim));
  EXPECT_NE(message.find("'logits'"), std::string::npos) << message;
  EXPECT_NE(message.find("'scores'"), std::string::npos) << message;
}

TEST(FindScatter, TellsWhyNot) {
  std::string why_not;
  Graph g;
  const ValueId x = add_input(g, "x", DType::f32, Shape{4, 4});
  const ValueId index = add_input(g, "i", DType::i64, Shape{4, 1});
  const ValueId y = add_input(g, "y", DType::f32, Shape{4, 4});
  g.outputs = {add_node(g, op::ScatterND{}, {x, index, y}, "out")};
  EXPECT_FALSE(find_scatter(g, why_not));
  EXPECT_NE(why_not.find("constant canvas"), std::string::npos) << why_not;
  EXPECT_TRUE(find_scatter(small_graph(kUnknownDim), why_not));
}

TEST(Describe, CountsAndRecognises) {
  const GraphDescription d = describe(small_graph(kUnknownDim));
  EXPECT_EQ(d.inputs[0].shape, "[?,4,3]");
  EXPECT_EQ(d.ops.at("ScatterND"), 1);
  EXPECT_EQ(d.parameters, kHeight * kWidth * kChannels);
  ASSERT_EQ(d.parts.size(), 4U);
  EXPECT_TRUE(d.parts[0].found) << d.parts[0].detail;   // PFN
  EXPECT_TRUE(d.parts[1].found) << d.parts[1].detail;   // scatter
  EXPECT_FALSE(d.parts[2].found) << d.parts[2].detail;  // No convolution follows.
}

TEST(Describe, CountsFlopsOfConvolutions) {
  Graph g;
  const ValueId x = add_input(g, "x", DType::f32, Shape{1, 2, kUnknownDim, 8});
  const ValueId w = g.add_constant("w", Tensor(DType::f32, {4, 2, 3, 3}));
  op::Conv conv;
  conv.window.pads = {1, 1, 1, 1};
  g.outputs = {add_node(g, conv, {x, w}, "y")};
  EXPECT_EQ(describe(g).unknown_flops, 1);
  EXPECT_EQ(describe(g, std::vector<Shape>{{1, 2, 5, 8}}).flops, 2 * 4 * 5 * 8 * 2 * 9);
}

}  // namespace
}  // namespace colonnade
