// What is taken for one linear layer and a maximum, and what isn't.
#include <gtest/gtest.h>

#include <string>

#include "base/random.hpp"
#include "plan/find_linear_pfn.hpp"
#include "test_graph.hpp"

namespace colonnade {
namespace {

using testing::add_input;
using testing::add_node;

constexpr std::int64_t kPoints = 6, kFeatures = 5, kChannels = 7;

ModelSpec spec() {
  ModelSpec spec;
  spec.grid = {{0, -8, -1}, {16, 8, 1}, {1, 1}};
  spec.pillars.max_pillars = 100;
  spec.pillars.max_points = kPoints;
  spec.pillars.center = {0.5f, -7.5f, 0};
  spec.pillars.features = {PointFeature::x, PointFeature::y, PointFeature::z, PointFeature::mean_dx,
                           PointFeature::center_dy};
  return spec;
}

enum class Change {
  none,
  leaky,           ///< LeakyRelu for ReLU.
  squared,         ///< A feature that isn't one.
  shifted,         ///< Free slots aren't zero.
  mean,            ///< For the maximum.
  two_layers,      ///< A second product and maximum.
  scaled_by_slot,  ///< Slots have different weights.
};

/// points [P,6,5] x W -> + b -> ReLU -> max, and a change.
BoundGraph pfn(Change change) {
  Graph g;
  Random random(1);
  const auto constant = [&](const Shape& shape) {
    Tensor tensor(DType::f32, shape);
    for (std::size_t i = 0; i < tensor.elements(); ++i) {
      tensor.as<float>()[i] = static_cast<float>(random.uniform(-1, 1));
    }
    return g.add_constant("", std::move(tensor));
  };
  const auto integers = [&](std::initializer_list<std::int64_t> values) {
    return g.add_constant(
        "", Tensor::of<std::int64_t>({static_cast<std::int64_t>(values.size())}, values));
  };
  const auto binary = [&](op::BinaryKind kind, ValueId a, ValueId b) {
    return add_node(g, op::Binary{kind}, {a, b}, "");
  };
  ValueId at = add_input(g, "points", DType::f32, Shape{kUnknownDim, kPoints, kFeatures});
  if (change == Change::squared) at = binary(op::BinaryKind::mul, at, at);
  if (change == Change::shifted) at = binary(op::BinaryKind::add, at, constant({kFeatures}));
  at = add_node(g, op::MatMul{}, {at, constant({kFeatures, kChannels})}, "product");
  at = binary(op::BinaryKind::add, at, constant({kChannels}));
  if (change == Change::scaled_by_slot)
    at = binary(op::BinaryKind::mul, at, constant({kPoints, 1}));
  if (change == Change::leaky) {
    at = add_node(g, op::LeakyRelu{0.1f}, {at}, "leaky");
  } else {
    at = add_node(g, op::Unary{op::UnaryKind::relu}, {at}, "relu");
  }
  if (change == Change::two_layers) {
    at = add_node(g, op::MatMul{}, {at, constant({kChannels, kChannels})}, "second");
  }
  const auto kind = change == Change::mean ? op::ReduceKind::mean : op::ReduceKind::max;
  g.outputs = {add_node(g, op::Reduce{kind, false, false}, {at, integers({1})}, "features")};
  return {g, {InputSource::points}};
}

TEST(FindLinearPfn, FindsOneLayerAndAMaximum) {
  std::string why_not;
  const auto found = find_linear_pfn(pfn(Change::none), spec(), true, why_not);
  ASSERT_TRUE(found) << why_not;
  EXPECT_EQ(found->channels, kChannels);
  EXPECT_TRUE(found->relu);
  EXPECT_TRUE(found->free_slots_count);
}

TEST(FindLinearPfn, RefusesWhatIsNot) {
  for (const Change change : {Change::leaky, Change::squared, Change::shifted, Change::mean,
                              Change::two_layers, Change::scaled_by_slot}) {
    std::string why_not;
    EXPECT_FALSE(find_linear_pfn(pfn(change), spec(), true, why_not))
        << "change " << static_cast<int>(change);
    EXPECT_FALSE(why_not.empty());
  }
}

// The graph has centres of its own that model.yaml doesn't know: it says nothing about them.
TEST(FindLinearPfn, RefusesAnotherCentre) {
  BoundGraph part = pfn(Change::none);
  Graph& g = part.graph;
  Tensor offset(DType::f32, {kFeatures});
  offset.as<float>()[4] = 0.25f;
  const ValueId moved = add_node(g, op::Binary{op::BinaryKind::sub},
                                 {g.inputs[0], g.add_constant("", std::move(offset))}, "moved");
  std::rotate(g.nodes.begin(), g.nodes.end() - 1, g.nodes.end());
  g.nodes[1].inputs[0] = moved;
  std::string why_not;
  EXPECT_FALSE(find_linear_pfn(part, spec(), true, why_not));
}

}  // namespace
}  // namespace colonnade
