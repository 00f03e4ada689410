// What a build may be asked for, against a graph.
#include "build/profiles.hpp"

#include <gtest/gtest.h>

#include "fails_with.hpp"
#include "graph/profile.hpp"
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
  const auto all = resolving({})();
  ASSERT_EQ(all.size(), 1U);
  const auto& profiles = all[0].inputs;
  ASSERT_EQ(profiles.size(), 3U);
  EXPECT_EQ(profiles[0].min, (Shape{1, 64, 120, 1}));
  EXPECT_EQ(profiles[0].opt, (Shape{1, 64, 6000, 1}));
  EXPECT_EQ(profiles[0].max, (Shape{1, 64, 12000, 1}));
  EXPECT_EQ(profiles[1].max, (Shape{12000, 4}));
  EXPECT_EQ(profiles[2].min, (Shape{1}));
}

TEST(Profiles, AreFilledUpFromEachOther) {
  const auto profiles =
      resolving({{"mask:0", {}, {7, 4}, {}}, {"pillars", {1, 64, 2, 1}, {}, {1, 64, 9, 1}}})()
          .front()
          .inputs;
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

/// Up to `most` pillars, from `least` on, in the profile of that number.
std::vector<ShapeProfile> pillars(std::size_t number, std::int64_t least, std::int64_t most) {
  return {{"pillars", {1, 64, least, 1}, {}, {1, 64, most, 1}, number},
          {"mask:0", {least, 4}, {}, {most, 4}, number}};
}

/// 0: 1 to 9 pillars, 1: 5 to 500, 2: 5 to 20.
std::vector<OptimizationProfile> three() {
  std::vector<ShapeProfile> given;
  for (const auto& part : {pillars(1, 5, 500), pillars(0, 1, 9), pillars(2, 5, 20)})
    given.insert(given.end(), part.begin(), part.end());
  return resolving(given, false)();
}

TEST(Profiles, AreNumbered) {
  const auto profiles = three();
  ASSERT_EQ(profiles.size(), 3U);
  for (const auto& profile : profiles) ASSERT_EQ(profile.inputs.size(), 3U);
  EXPECT_EQ(profiles[0].inputs[0].max, (Shape{1, 64, 9, 1}));
  EXPECT_EQ(profiles[1].inputs[1].max, (Shape{500, 4}));
  EXPECT_EQ(profiles[2].inputs[2].max, (Shape{1}));
  EXPECT_TRUE(fails_with(resolving(pillars(2, 1, 9)),
                         "profile 2: profiles are numbered from 0, and no shapes are given for 0"));
  auto half = pillars(0, 1, 9);
  half.push_back(pillars(1, 1, 99)[0]);
  EXPECT_TRUE(fails_with(resolving(half, false),
                         "input 'mask:0': its shape [?,4] is dynamic; give --minShapes, "
                         "--optShapes and --maxShapes for it in profile 1"));
}

TEST(Profiles, TheTightestIsChosen) {
  const auto profiles = three();
  const auto choose = [&](std::int64_t pillars, std::int64_t rows,
                          std::optional<std::size_t> asked = {}) {
    return choose_profile(profiles, std::vector<Shape>{{1, 64, pillars, 1}, {rows, 4}, {1}}, asked);
  };
  EXPECT_EQ(choose(1, 1), 0U);
  EXPECT_EQ(choose(7, 7), 0U);
  EXPECT_EQ(choose(10, 7), 2U);
  EXPECT_EQ(choose(21, 7), 1U);
  EXPECT_EQ(choose(7, 7, 1), 1U);
  EXPECT_EQ(choose_profile({}, {}), 0U);
  EXPECT_TRUE(fails_with([&] { choose(501, 7); },
                         "input 'pillars': dimension 2 is 501, the engine's profiles allow 1 to 9 "
                         "(profile 0) or 5 to 500 (profile 1) or 5 to 20 (profile 2)"));
  EXPECT_TRUE(fails_with([&] { choose(1, 21); },
                         "none of the engine's profiles takes the inputs' shapes together, only "
                         "'pillars' [1,64,1,1] by 0, 'mask:0' [21,4] by 1, 'scale' [1] by 0 and 1 "
                         "and 2"));
  EXPECT_TRUE(fails_with([&] { choose(21, 7, 2); },
                         "input 'pillars': dimension 2 is 21, profile 2 allows 5 to 20"));
  EXPECT_TRUE(fails_with([&] { choose(7, 7, 3); }, "profile 3: the engine has 3, numbered from 0"));
  EXPECT_TRUE(fails_with([&] { choose_profile({}, {}, 0); }, "there's none"));
}

TEST(Profiles, HoldDimensionsTogether) {
  const std::vector<OptimizationProfile> profiles = {{{{"x", {1, 1}, {9, 9}, {9, 9}}}, 0},
                                                     {{{"x", {20, 20}, {30, 30}, {30, 30}}}, 0}};
  EXPECT_EQ(choose_profile(profiles, std::vector<Shape>{{25, 25}}), 1U);
  EXPECT_TRUE(fails_with(
      [&] {
        check_shape(profiles, 0, {5, 25});
      },
      "input 'x': its shape is [5,25], the engine's profiles allow [1,1] to "
      "[9,9] (profile 0) or [20,20] to [30,30] (profile 1)"));
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
      choose_profile(profiles, std::vector<Shape>{{1, 64, pillars, 1}, {rows, 4}, {1}});
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
        choose_profile(profiles, std::vector<Shape>{{1, 64}});
      },
      "it has 2 dimensions, the engine was built for 4"));
}

}  // namespace
}  // namespace colonnade
