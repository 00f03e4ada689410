// What a build may be asked for, against a graph.
#include "build/profiles.hpp"

#include <gtest/gtest.h>

#include "engine_file/profile.hpp"
#include "fails_with.hpp"
#include "test_graph.hpp"

namespace colonnade {
namespace {

using testing::fails_with;

/// pillars [1,64,?,1], mask [?,4], scale [1].
Graph graph() {
  Graph graph;
  testing::add_input(graph, "pillars", DType::f32, Shape{1, 64, kUnknownDim, 1});
  testing::add_input(graph, "mask:0", DType::f32, Shape{kUnknownDim, 4});
  testing::add_input(graph, "scale", DType::f32, Shape{1});
  return graph;
}

auto resolving(const std::vector<ShapeProfile>& profiles, bool pillars = true) {
  return [profiles, pillars] {
    BuildOptions options;
    options.profiles = profiles;
    options.dynamic_pillars = pillars;
    return resolve_profiles(graph(), options);
  };
}

TEST(Profiles, OfDynamicPillars) {
  const auto profiles = resolving({})();
  ASSERT_EQ(profiles.size(), 3U);
  EXPECT_EQ(profiles[0].min, (Shape{1, 64, 120, 1}));
  EXPECT_EQ(profiles[0].opt, (Shape{1, 64, 6000, 1}));
  EXPECT_EQ(profiles[0].max, (Shape{1, 64, 12000, 1}));
  EXPECT_EQ(profiles[1].max, (Shape{12000, 4}));
  EXPECT_EQ(profiles[2].min, (Shape{1}));
}

TEST(Profiles, AreFilledUpFromEachOther) {
  const auto profiles =
      resolving({{"mask:0", {}, {7, 4}, {}}, {"pillars", {1, 64, 2, 1}, {}, {1, 64, 9, 1}}})();
  EXPECT_EQ(profiles[1].min, (Shape{7, 4}));
  EXPECT_EQ(profiles[1].max, (Shape{7, 4}));
  EXPECT_EQ(profiles[0].min, (Shape{1, 64, 2, 1}));
  EXPECT_EQ(profiles[0].opt, (Shape{1, 64, 9, 1}));
}

TEST(Profiles, ThatCantBeMeant) {
  EXPECT_TRUE(fails_with(resolving({}, false), "input 'pillars': its shape [1,64,?,1] is dynamic"));
  EXPECT_TRUE(fails_with(resolving({{"speed", {}, {1}, {}}}), "no such input; it has 'pillars'"));
  EXPECT_TRUE(fails_with(resolving({{"mask:0", {5, 4}, {4, 4}, {6, 4}}}), "min 5, opt 4, max 6"));
  EXPECT_TRUE(fails_with(resolving({{"mask:0", {5, 4}, {}, {4, 4}}}), "min 5, opt 4, max 4"));
  EXPECT_TRUE(fails_with(resolving({{"mask:0", {0, 4}, {}, {4, 4}}}), "1 <= min"));
  EXPECT_TRUE(fails_with(resolving({{"mask:0", {}, {5, 3}, {}}}), "dimension 1 is 4 in the graph"));
  EXPECT_TRUE(fails_with(resolving({{"scale", {}, {2}, {}}}), "dimension 0 is 1 in the graph"));
  EXPECT_TRUE(fails_with(resolving({{"mask:0", {}, {5}, {}}}), "has 1 dimensions, expected 2"));
  EXPECT_TRUE(
      fails_with(resolving({{"mask:0", {}, {1, 1, 1, 1, 1, 1, 1, 1, 1}, {}}}), "at most 8"));
}

TEST(Profiles, OfPillarsNeedOneDynamicDimension) {
  BuildOptions options;
  options.dynamic_pillars = true;
  Graph fixed;
  testing::add_input(fixed, "x", DType::f32, Shape{2});
  EXPECT_TRUE(
      fails_with([&] { resolve_profiles(fixed, options); }, "no dynamic dimension: 'x' [2]"));
  Graph two;
  testing::add_input(two, "x", DType::f32, Shape{kUnknownDim, kUnknownDim});
  EXPECT_TRUE(fails_with([&] { resolve_profiles(two, options); }, "its shape is [?,?]"));
}

TEST(Profiles, HoldTheShapesOfARun) {
  const auto profiles = resolving({})();
  const auto check = [&](std::int64_t pillars, std::int64_t rows) {
    return [&profiles, pillars, rows] {
      check_shapes(profiles, std::vector<Shape>{{1, 64, pillars, 1}, {rows, 4}, {1}});
    };
  };
  EXPECT_NO_THROW(check(120, 12000)());
  EXPECT_TRUE(
      fails_with(check(13000, 500),
                 "input 'pillars': dimension 2 is 13000, the engine's profile allows 120 to "
                 "12000"));
  EXPECT_TRUE(fails_with(check(500, 119), "input 'mask:0': dimension 0 is 119"));
  EXPECT_TRUE(fails_with(
      [&] {
        check_shapes(profiles, std::vector<Shape>{{1, 64}});
      },
      "it has 2 dimensions, the engine was built for 4"));
}

}  // namespace
}  // namespace colonnade
