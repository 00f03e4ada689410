// What a session promises beyond the right numbers.
#include "allocations/allocations.hpp"
#include "colonnade/error.hpp"
#include "graphs.hpp"
#include "sweep.hpp"

namespace colonnade::cpu {
namespace {

op::Window same3x3() {
  op::Window w;
  w.pads = {1, 1, 1, 1};
  return w;
}

// Image -> two convolutions; channels-last from the input on.
GraphBuilder convolutions(std::int64_t channels, std::int64_t height, std::int64_t width) {
  GraphBuilder b;
  const ValueId x = b.input({1, channels, height, width});
  const ValueId y = b.relu(b.conv(x, {10, channels, 3, 3}, same3x3()));
  b.output(b.transpose(b.conv(y, {6, 10, 1, 1}), {0, 2, 3, 1}));
  return b;
}

Sweep pillars(GraphBuilder& b, std::int64_t channels, std::int64_t height, std::int64_t width,
              std::vector<PillarCell> cells) {
  Sweep sweep{std::move(cells), {}, {1, channels, height, width}};
  const auto count = static_cast<std::int64_t>(sweep.cells.size());
  const Tensor values = b.random({count + 1, channels});
  sweep.features.assign(values.as<float>(), values.as<float>() + count * channels);
  return sweep;
}

TEST(Session, SecondRunAllocatesNothing) {
  GraphBuilder b = convolutions(5, 12, 9);
  const std::vector<Tensor> inputs{b.random({1, 5, 12, 9})};
  const std::vector<ConstTensorView> views = views_of(inputs);
  ThreadPool threads(2);
  const auto session = cpu_backend().compile(b.graph, shapes_of(inputs))->create_session(threads);
  session->run(views);
  const Sweep frame = pillars(b, 5, 12, 9, {{0, 0}, {8, 11}, {3, 3}});
  const Sweep fuller = pillars(b, 5, 12, 9, {{0, 1}, {8, 10}, {3, 4}, {4, 4}, {5, 4}});
  session->run(frame.view());
  const std::size_t before = testing::allocation_count();
  session->run(views);
  session->run(frame.view());
  session->run(fuller.view());
  EXPECT_EQ(testing::allocation_count(), before);
}

TEST(Session, NeedsNoWeightsButPackedOnes) {
  GraphBuilder b = convolutions(5, 12, 9);
  const std::vector<Tensor> inputs{b.random({1, 5, 12, 9})};
  const Tensor expected = run_on_cpu(b.graph, inputs)[0];
  std::vector<std::weak_ptr<void>> watched;
  for (Value& value : b.graph.values) {
    if (!value.constant) continue;
    auto copy = std::make_shared<Tensor>(value.constant.clone());
    watched.emplace_back(copy);
    value.constant = Tensor(copy->dtype(), copy->shape(), copy, copy->data());
  }
  ASSERT_EQ(watched.size(), 4U);  // Weights and biases.
  const auto program = cpu_backend().compile(b.graph, shapes_of(inputs));
  b.graph = {};
  for (const auto& weights : watched) EXPECT_TRUE(weights.expired());
  ThreadPool threads(2);
  const auto session = program->create_session(threads);
  session->run(views_of(inputs));
  expect_equal_bits(copies_of(session->outputs())[0], expected);
}

TEST(Session, EachImageLeavesNothingBehind) {
  GraphBuilder b = convolutions(5, 12, 9);
  ThreadPool threads(2);
  const auto session =
      cpu_backend().compile(b.graph, std::span<const Shape>())->create_session(threads);
  const auto check = [&](const Sweep& frame) {
    const std::vector<Tensor> dense{frame.dense()};
    session->run(frame.view());
    expect_equal_bits(copies_of(session->outputs())[0], run_on_cpu(b.graph, dense)[0]);
  };
  check(pillars(b, 5, 12, 9, {{0, 0}, {8, 11}, {3, 3}}));
  check(pillars(b, 5, 12, 9, {{3, 3}, {1, 7}}));
  check(pillars(b, 5, 12, 9, {}));
  const std::vector<Tensor> dense{b.random({1, 5, 12, 9})};
  session->run(views_of(dense));
  expect_equal_bits(copies_of(session->outputs())[0], run_on_cpu(b.graph, dense)[0]);
  check(pillars(b, 5, 12, 9, {{2, 2}}));
}

TEST(Session, AnImageWhoseTensorTheGraphReadsItself) {
  GraphBuilder b;
  const ValueId x = b.input({1, 3, 6, 4});
  b.output(b.conv(x, {3, 3, 3, 3}, same3x3()));
  b.output(b.add(op::Softmax{1}, {x}));
  ThreadPool threads(1);
  const auto session =
      cpu_backend().compile(b.graph, std::span<const Shape>())->create_session(threads);
  for (const std::vector<PillarCell>& cells :
       {std::vector<PillarCell>{{0, 0}, {3, 5}}, std::vector<PillarCell>{{1, 2}}}) {
    const Sweep frame = pillars(b, 3, 6, 4, cells);
    session->run(frame.view());
    const std::vector<Tensor> dense{frame.dense()};
    const std::vector<Tensor> expected = evaluate(b.graph, views_of(dense));
    for (std::size_t i = 0; i < 2; ++i) expect_close(copies_of(session->outputs())[i], expected[i]);
  }
}

TEST(Session, AnyShapeWhereNoneWasGiven) {
  GraphBuilder b;
  const ValueId x = b.input({kUnknownDim, 9, 4});
  const ValueId y = b.relu(b.conv(x, {8, 9, 1}));
  b.output(b.add(op::Reduce{op::ReduceKind::max, false}, {y, b.ints({2})}));
  ThreadPool threads(2);
  const auto session =
      cpu_backend().compile(b.graph, std::span<const Shape>())->create_session(threads);
  for (const std::int64_t rows : {3, 700, 3, 41, 3}) {
    const std::vector<Tensor> inputs{b.random({rows, 9, 4})};
    session->run(views_of(inputs));
    expect_close(copies_of(session->outputs())[0], evaluate(b.graph, views_of(inputs))[0]);
  }
}

TEST(Session, ShapesThatDependOnElements) {
  GraphBuilder b;
  const ValueId x = b.input({kUnknownDim});
  b.output(b.add(op::NonZero{}, {x}));
  ThreadPool threads(1);
  const auto session =
      cpu_backend().compile(b.graph, std::span<const Shape>())->create_session(threads);
  const Tensor input = Tensor::of<float>({4}, {0, 2, 0, 3});
  const ConstTensorView view = input.view();
  session->run({&view, 1});
  EXPECT_EQ(to_int64(session->outputs()[0]), (std::vector<std::int64_t>{1, 3}));
}

TEST(Session, AnImageWhoseElementsGiveShapes) {
  GraphBuilder b;
  b.output(b.add(op::NonZero{}, {b.input({1, 1, 2, 3})}));
  ThreadPool threads(1);
  const auto session =
      cpu_backend().compile(b.graph, std::span<const Shape>())->create_session(threads);
  session->run(Sweep{{{2, 0}, {1, 1}}, {5, 7}, {1, 1, 2, 3}}.view());
  EXPECT_EQ(to_int64(session->outputs()[0]), (std::vector<std::int64_t>{0, 0, 0, 0, 0, 1, 2, 1}));
}

TEST(Session, RefusesOtherShapesTypesAndCounts) {
  GraphBuilder b = convolutions(5, 12, 9);
  ThreadPool threads(1);
  const Shape planned[] = {{1, 5, 12, 9}};
  const auto session = cpu_backend().compile(b.graph, planned)->create_session(threads);
  const Tensor taller(DType::f32, {1, 5, 13, 9}), doubles(DType::f64, {1, 5, 12, 9});
  for (const ConstTensorView& view : {taller.view(), doubles.view()}) {
    EXPECT_THROW(session->run({&view, 1}), Error);
  }
  EXPECT_THROW(session->run(std::span<const ConstTensorView>()), Error);
  EXPECT_THROW(session->run(pillars(b, 4, 12, 9, {}).view()), Error);
}

TEST(Scatter, PillarsOntoAFreshCanvasEachTime) {
  GraphBuilder b;
  const ValueId features = b.input({5, 3}), coords = b.input({5, 4}, DType::i32);
  const ValueId count = b.input({1}, DType::i32);
  op::PillarScatter scatter;
  scatter.height = 4;
  scatter.width = 6;
  const ValueId canvas = b.add(scatter, {features, coords, count});
  b.output(b.relu(b.conv(canvas, {7, 3, 3, 3}, same3x3())));
  ThreadPool threads(2);
  const auto session =
      cpu_backend().compile(b.graph, std::span<const Shape>())->create_session(threads);
  for (const std::int32_t real : {5, 2, 4}) {
    // The third overwrites the first; the fourth is outside.
    const std::vector<Tensor> inputs{
        b.random({5, 3}),
        Tensor::of<std::int32_t>(
            {5, 4}, {0, 0, 1, 2, 0, 0, 3, 5, 0, 0, 1, 2, 0, 0, 4, 0, 0, 0, real % 4, real % 6}),
        Tensor::of<std::int32_t>({1}, {real})};
    session->run(views_of(inputs));
    expect_close(copies_of(session->outputs())[0], evaluate(b.graph, views_of(inputs))[0]);
  }
}

TEST(Scatter, RefusesMorePillarsThanThereAre) {
  GraphBuilder b;
  const ValueId features = b.input({2, 3}), coords = b.input({2, 4}, DType::i32);
  op::PillarScatter scatter;
  scatter.height = scatter.width = 2;
  b.output(b.add(scatter, {features, coords, b.input({1}, DType::i32)}));
  for (const std::int32_t count : {3, -1}) {
    const std::vector<Tensor> inputs{b.random({2, 3}), Tensor(DType::i32, {2, 4}),
                                     Tensor::of<std::int32_t>({1}, {count})};
    EXPECT_THROW(run_on_cpu(b.graph, inputs), Error);
  }
}

// NVIDIA's export of 2021 gives the image's size and the count as bits of an input's elements.
TEST(Scatter, ScatterBevPlansForTheSizeInItsParams) {
  GraphBuilder b;
  const ValueId features = b.input({3, 2}), coords = b.input({1, 1, 3, 4});
  const ValueId params = b.input({1, 1, 1, 5});
  op::PillarScatter scatter;
  scatter.form = op::PillarScatterForm::scatter_bev;
  b.output(b.conv(b.add(scatter, {features, coords, params}), {4, 2, 3, 3}, same3x3()));
  ThreadPool threads(1);
  const auto session =
      cpu_backend().compile(b.graph, std::span<const Shape>())->create_session(threads);
  const auto run = [&](std::uint32_t height, std::uint32_t count) {
    const std::uint32_t bits[5] = {1, 2, height, 5, count};
    Tensor given(DType::f32, {1, 1, 1, 5});
    std::copy_n(reinterpret_cast<const std::byte*>(bits), sizeof bits,
                static_cast<std::byte*>(given.data()));
    const std::vector<Tensor> inputs{
        b.random({3, 2}), Tensor::of<float>({1, 1, 3, 4}, {0, 0, 1, 2, 0, 0, 3, 4, 0, 0, 0.5f, 1}),
        given};
    session->run(views_of(inputs));
    expect_close(copies_of(session->outputs())[0], evaluate(b.graph, views_of(inputs))[0]);
  };
  run(4, 3);
  run(4, 1);
  EXPECT_THROW(run(6, 3), Error);
}

// What a fuzzer found: axes counted from the end, a stride that no 64 bits hold.
TEST(Views, TakeWhatOnnxAllows) {
  GraphBuilder b;
  const ValueId x = b.input({2, 3, 4});
  b.output(b.transpose(x, {-1, -3, -2}));
  b.output(
      b.add(op::Slice{}, {x, b.ints({0}), b.ints({INT64_MAX}), b.ints({1}), b.ints({INT64_MAX})}));
  b.output(b.add(op::Slice{},
                 {x, b.ints({-1}), b.ints({INT64_MIN}), b.ints({-1}), b.ints({INT64_MIN})}));
  expect_like_reference(b.graph, {b.random({2, 3, 4})});
}

TEST(Loops, OverNothingMayHaveAnyOtherDims) {
  GraphBuilder b;
  const ValueId x = b.input({1, 1});
  const std::int64_t large = std::int64_t{1} << 33;
  b.output(b.add(op::Expand{}, {x, b.ints({0, large, large + 1})}));
  expect_like_reference(b.graph, {b.random({1, 1})});
}

TEST(Reductions, OfNothingEndAtOnceHoweverMuchOfItThereIs) {
  const Shape shape{std::int64_t{1} << 57, 0, 4};
  GraphBuilder b;
  const ValueId x = b.input(shape);
  b.output(b.add(op::Reduce{op::ReduceKind::max}, {x, b.ints({0})}));
  expect_like_reference(b.graph, {b.random(shape)});
}

}  // namespace
}  // namespace colonnade::cpu
