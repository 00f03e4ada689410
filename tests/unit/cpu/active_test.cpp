// A sweep given by its pillars is computed where it can change something; the bits are those of the
// whole image, computed whole.
#include <algorithm>
#include <iterator>

#include "backbone.hpp"
#include "backends/cpu/active/active_plan.hpp"
#include "backends/cpu/plan.hpp"
#include "backends/cpu/weight_store.hpp"
#include "fails_with.hpp"
#include "graphs.hpp"
#include "passes/fold_constants.hpp"
#include "sweep.hpp"

namespace colonnade::cpu {
namespace {

std::size_t active_steps(const Graph& graph) {
  WeightStore weights(usable_isas().front());
  const Plan plan = make_plan(graph, weights);
  return static_cast<std::size_t>(std::count_if(plan.active.steps.begin(), plan.active.steps.end(),
                                                [](const auto& step) { return step.has_value(); }));
}

TEST(Active, EqualsTheWholeImageBitForBit) {
  ThreadPool threads(2);
  for (unsigned seed = 1; seed <= 400; ++seed) {
    SCOPED_TRACE(seed);
    Backbone net(seed);
    const auto session =
        cpu_backend().compile(net.graph().graph, {&net.image(), 1})->create_session(threads);
    const int shares[] = {0, 3, 100, 10, 40, 0, 3};
    for (const int percent : shares) {
      const Sweep sweep = net.random().sweep(net.image(), percent);
      const std::vector<Tensor> dense{sweep.dense()};
      const std::vector<Tensor> expected = run_whole(net.graph().graph, dense);
      if (net.random().chance(20)) session->run(views_of(dense));  // Leaves nothing behind either.
      session->run(sweep.view());
      const std::vector<Tensor> actual = copies_of(session->outputs());
      for (std::size_t i = 0; i < expected.size(); ++i) expect_equal_bits(actual[i], expected[i]);
      if (::testing::Test::HasFailure()) return;
    }
  }
}

/// All of it, nothing, or some maps' only, as if the others were too large to be kept.
std::vector<Tensor> some_of(std::vector<Tensor> warm, Random& random) {
  const int share = random.chance(50) ? 100 : 50;
  for (std::size_t i = 0; i < warm.size(); i += 2) {
    if (random.chance(share)) continue;
    warm[i] = Tensor(DType::i32, {0, 2});
    warm[i + 1] = Tensor(DType::f32, {0, 0});
  }
  return warm;
}

TEST(Active, BeginsWithWhatAnotherProgramFound) {
  ThreadPool threads(2);
  std::size_t warmed = 0;
  for (unsigned seed = 1; seed <= 200; ++seed) {
    SCOPED_TRACE(seed);
    Backbone net(seed);
    const auto compile = [&](const CompileOptions& options) {
      return cpu_backend().compile(net.graph().graph, {&net.image(), 1}, options);
    };
    CompileOptions options;
    options.winograd = net.random().chance(50);
    const auto cold = compile(options);
    options.warm = some_of(compile(options)->warm_up(threads), net.random());
    warmed += options.warm.empty() ? 0 : 1;
    const auto warm = compile(options);
    const auto expected = cold->create_session(threads);
    const auto first = warm->create_session(threads), second = warm->create_session(threads);
    for (const int percent : {3, 0, 40}) {
      const Sweep sweep = net.random().sweep(net.image(), percent);
      expected->run(sweep.view());
      for (Session* session : {first.get(), second.get()}) {
        session->run(sweep.view());
        for (std::size_t i = 0; i < expected->outputs().size(); ++i) {
          expect_equal_bits(copies_of(session->outputs())[i], copies_of(expected->outputs())[i]);
        }
      }
      if (::testing::Test::HasFailure()) return;
    }
  }
  EXPECT_GT(warmed, 100U);
}

TEST(Active, RefusesBackgroundsThatArentItsOwn) {
  ThreadPool threads(1);
  const Shape image{1, 2, 4, 3};
  GraphBuilder b;
  b.output(b.conv(b.relu(b.conv(b.input(image), {3, 2, 1, 1})), {2, 3, 1, 1}));
  const auto compile = [&](std::vector<Tensor> warm) {
    CompileOptions options;
    options.warm = std::move(warm);
    return cpu_backend().compile(b.graph, {&image, 1}, options);
  };
  const std::vector<Tensor> found = compile({})->warm_up(threads);
  ASSERT_GE(found.size(), 4U);
  EXPECT_NO_THROW(compile(found));
  const auto refuses = [&](std::size_t at, const Tensor& tensor, const std::string& text) {
    std::vector<Tensor> warm = found;
    warm[at] = tensor;
    return testing::fails_with([&] { compile(warm); }, text);
  };
  const auto runs = [](std::initializer_list<std::int32_t> numbers) {
    return Tensor::of<std::int32_t>({static_cast<std::int64_t>(numbers.size() / 2), 2}, numbers);
  };
  EXPECT_TRUE(refuses(2, runs({0, 11}), "found 11 cells, expected 12"));
  EXPECT_TRUE(refuses(2, runs({0, 13}), "found 13 cells of vector 0, expected at most 12"));
  EXPECT_TRUE(refuses(2, runs({0, 12, 0, 1}), "expected at most 0"));
  EXPECT_TRUE(refuses(2, runs({1000, 12}), "of vector 1000"));
  EXPECT_TRUE(refuses(2, runs({-1, 12}), "of vector -1"));
  EXPECT_TRUE(refuses(2, runs({0, -1}), "found -1 cells"));
  EXPECT_TRUE(refuses(2, Tensor(DType::f32, {6, 2}), "expected int32[?,2]"));
  EXPECT_TRUE(refuses(3, Tensor(DType::f32, {1, 1}), "float32[?,"));
  EXPECT_TRUE(refuses(3, Tensor(), "found no tensors"));
  EXPECT_TRUE(testing::fails_with([&] { compile({found[0], found[1]}); }, "found 2 tensors"));
}

TEST(Active, CornersBordersAndCheckerboards) {
  ThreadPool threads(2);
  Backbone net(7);
  const std::int64_t height = net.image()[2], width = net.image()[3];
  const auto session =
      cpu_backend().compile(net.graph().graph, {&net.image(), 1})->create_session(threads);
  const auto check = [&](auto&& occupied) {
    Sweep sweep = net.random().sweep(net.image(), 100);
    Sweep some{{}, {}, sweep.image};
    for (std::size_t p = 0; p < sweep.cells.size(); ++p) {
      if (!occupied(sweep.cells[p].iy, sweep.cells[p].ix)) continue;
      some.cells.push_back(sweep.cells[p]);
      const auto channels = static_cast<std::size_t>(sweep.image[1]);
      std::copy_n(sweep.features.begin() + static_cast<std::ptrdiff_t>(p * channels), channels,
                  std::back_inserter(some.features));
    }
    const std::vector<Tensor> dense{some.dense()};
    session->run(some.view());
    const std::vector<Tensor> expected = run_whole(net.graph().graph, dense);
    const std::vector<Tensor> actual = copies_of(session->outputs());
    for (std::size_t i = 0; i < expected.size(); ++i) expect_equal_bits(actual[i], expected[i]);
  };
  for (const std::int64_t y : {std::int64_t{0}, height - 1}) {
    for (const std::int64_t x : {std::int64_t{0}, width - 1}) {
      check([&](std::int64_t iy, std::int64_t ix) { return iy == y && ix == x; });
    }
  }
  check([&](std::int64_t iy, std::int64_t) { return iy == 0 || iy == height - 1; });
  check([&](std::int64_t, std::int64_t ix) { return ix == 0 || ix == width - 1; });
  check([](std::int64_t iy, std::int64_t ix) { return (iy + ix) % 2 == 0; });
}

// Pads that take all of a transposed convolution's map away leave it without a piece.
TEST(Active, MapsWithoutCells) {
  const Shape image{1, 2, 4, 1};
  op::Window cropped;
  cropped.strides = {2, 2};
  cropped.pads = {0, 1, 0, 1};
  GraphBuilder b;
  const ValueId x = b.relu(b.conv(b.input(image), {3, 2, 1, 1}));
  b.output(b.conv_transpose(x, {3, 2, 2, 2}, cropped));
  b.output(b.conv(x, {2, 3, 1, 1}));
  ThreadPool threads(1);
  const auto session = cpu_backend().compile(b.graph, {&image, 1})->create_session(threads);
  Random random(1);
  for (const int percent : {100, 0, 50}) {
    const Sweep sweep = random.sweep(image, percent);
    const std::vector<Tensor> dense{sweep.dense()};
    session->run(sweep.view());
    const std::vector<Tensor> actual = copies_of(session->outputs());
    const std::vector<Tensor> expected = run_whole(b.graph, dense);
    for (std::size_t i = 0; i < expected.size(); ++i) expect_equal_bits(actual[i], expected[i]);
  }
}

// A test of equality would pass where nothing was ever left out.
TEST(Active, CoversTheConvolutionsOfABackbone) {
  GraphBuilder b;
  op::Window same, half;
  same.pads = half.pads = {1, 1, 1, 1};
  half.strides = {2, 2};
  op::Window twice;
  twice.strides = {2, 2};
  const ValueId x = b.input({1, 4, 16, 12});
  const ValueId fine = b.relu(b.conv(b.relu(b.conv(x, {8, 4, 3, 3}, half)), {8, 8, 3, 3}, same));
  const ValueId coarse = b.relu(b.conv(fine, {8, 8, 3, 3}, half));
  const ValueId joined = b.add(
      op::Concat{1},
      {b.relu(b.conv(fine, {6, 8, 1, 1})), b.relu(b.conv_transpose(coarse, {8, 6, 2, 2}, twice))});
  b.output(b.transpose(b.conv(joined, {7, 12, 1, 1}), {0, 2, 3, 1}));
  const Shape image{1, 4, 16, 12};
  EXPECT_EQ(active_steps(fold_constants(b.graph, {&image, 1})), 6u);
}

// Two scales' upsampled maps and heads on them: the joined map is never whole, whoever comes first.
TEST(Bands, HoldTheMapThatHeadsRead) {
  GraphBuilder b;
  op::Window same, half;
  same.pads = half.pads = {1, 1, 1, 1};
  half.strides = {2, 2};
  const ValueId first = b.relu(b.conv(b.input({1, 4, 64, 24}), {8, 4, 3, 3}, same));
  op::Window twice;
  twice.strides = {2, 2};
  const ValueId near = b.relu(b.conv_transpose(first, {8, 6, 1, 1}, {}));
  const ValueId second = b.relu(b.conv(first, {16, 8, 3, 3}, half));
  const ValueId far = b.relu(b.conv_transpose(second, {16, 6, 2, 2}, twice));
  b.output(b.conv(b.add(op::Concat{1}, {near, far}), {3, 12, 1, 1}));
  for (const bool dense : {false, true}) {
    WeightStore weights(usable_isas().front());
    PlanOptions options;
    options.dense = dense;
    const Plan plan = make_plan(fold_constants(b.graph, {}), weights, options);
    ASSERT_EQ(plan.banded.size(), 1u);
    const BandedSteps& banded = plan.banded.front();
    EXPECT_EQ(banded.last - banded.first, 2u);
    EXPECT_EQ(banded.rows, 2);
    EXPECT_EQ(plan.band_floats, 2 * 24 * 12);
    EXPECT_LT(plan.arena_bytes, 64 * 24 * 12 * 4 + 64 * 24 * 8 * 4);
  }
}

}  // namespace
}  // namespace colonnade::cpu
