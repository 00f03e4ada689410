// Pooling, resizing, depthwise convolutions and activations, against the reference.
#include "backends/cpu/lower.hpp"
#include "graphs.hpp"
#include "passes/fold_constants.hpp"

namespace colonnade::cpu {
namespace {

op::Window window(std::vector<std::int64_t> kernel, std::vector<std::int64_t> strides,
                  std::vector<std::int64_t> pads, std::vector<std::int64_t> dilations = {}) {
  op::Window w;
  w.kernel = std::move(kernel);
  w.strides = std::move(strides);
  w.pads = std::move(pads);
  w.dilations = std::move(dilations);
  return w;
}

// How many steps of a plan are the reference's.
std::size_t reference_steps(const Graph& graph) {
  WeightStore weights(Isa::portable);
  const Plan plan = make_plan(fold_constants(graph), weights);
  return static_cast<std::size_t>(
      std::count_if(plan.steps.begin(), plan.steps.end(),
                    [](const Step& step) { return std::holds_alternative<ReferenceStep>(step); }));
}

void expect_fast(const GraphBuilder& b, const Shape& input) {
  GraphBuilder random;
  EXPECT_EQ(reference_steps(b.graph), 0u);
  expect_like_reference(b.graph, {random.random(input)});
}

// A second reader, in the map's own layout, and a convolution behind: layouts meet.
void finish(GraphBuilder& b, ValueId y) {
  b.output(y);
  b.output(b.relu(y));
}

TEST(Windows, MaxPool) {
  for (const op::Window& w :
       {window({2, 2}, {2, 2}, {}), window({3, 3}, {2, 2}, {1, 1, 1, 1}),
        window({3, 2}, {1, 3}, {1, 0, 0, 1}), window({2, 2}, {1, 1}, {}, {2, 3})}) {
    for (const bool ceil_mode : {false, true}) {
      GraphBuilder b;
      const ValueId x = b.conv(b.input({2, 3, 9, 10}), {5, 3, 1, 1});
      finish(b, b.add(op::MaxPool{w, ceil_mode}, {x}));
      expect_fast(b, {2, 3, 9, 10});
    }
  }
}

TEST(Windows, NanWinsAMaxPool) {
  GraphBuilder b;
  b.output(b.add(op::MaxPool{window({2, 2}, {2, 2}, {})}, {b.input({1, 2, 4, 4})}));
  Tensor input = b.random({1, 2, 4, 4});
  input.as<float>()[5] = NAN;
  expect_like_reference(b.graph, {input});
}

TEST(Windows, AveragePool) {
  for (const bool count_pads : {false, true}) {
    GraphBuilder b;
    op::AveragePool pool;
    pool.window = window({3, 2}, {2, 1}, {1, 1, 1, 0});
    pool.count_include_pad = count_pads;
    finish(b, b.add(pool, {b.input({1, 4, 7, 6})}));
    expect_fast(b, {1, 4, 7, 6});
  }
}

TEST(Windows, GlobalPool) {
  for (const bool max : {false, true}) {
    GraphBuilder b;
    finish(b, b.add(op::GlobalPool{max}, {b.input({3, 5, 6, 7})}));
    expect_fast(b, {3, 5, 6, 7});
  }
}

TEST(Windows, Resize) {
  for (const op::ResizeMode mode :
       {op::ResizeMode::nearest, op::ResizeMode::linear, op::ResizeMode::cubic}) {
    for (const op::ResizeCoordinates coordinates :
         {op::ResizeCoordinates::half_pixel, op::ResizeCoordinates::asymmetric,
          op::ResizeCoordinates::align_corners}) {
      for (const std::vector<float>& scale : {std::vector<float>{2, 2}, {1.5f, 3}, {0.5f, 0.75f}}) {
        GraphBuilder b;
        op::Resize resize;
        resize.mode = mode;
        resize.coordinates = coordinates;
        Tensor scales(DType::f32, {4});
        const float values[] = {1, 1, scale[0], scale[1]};
        std::copy_n(values, 4, scales.as<float>());
        const ValueId x = b.conv(b.input({1, 3, 6, 8}), {5, 3, 1, 1});
        finish(b, b.add(resize, {x, kNoValue, b.constant(scales)}));
        expect_fast(b, {1, 3, 6, 8});
      }
    }
  }
}

TEST(Windows, DepthwiseConvolution) {
  for (const std::int64_t channels : {1, 7, 80}) {
    for (const std::int64_t stride : {1, 2}) {
      GraphBuilder b;
      op::Window w = window({}, {stride, stride}, {1, 2, 0, 1});
      const ValueId y = b.conv(b.input({2, channels, 9, 8}), {channels, 1, 3, 3}, w, channels);
      b.output(b.relu(b.batch_norm(y, channels)));
      expect_fast(b, {2, channels, 9, 8});
    }
  }
}

TEST(Windows, PooledBranchesAreJoined) {
  GraphBuilder b;
  const ValueId x = b.input({1, 4, 8, 8});
  const ValueId left = b.relu(b.conv(x, {6, 4, 3, 3}, window({}, {1, 1}, {1, 1, 1, 1})));
  const ValueId pool = b.add(op::MaxPool{window({3, 3}, {1, 1}, {1, 1, 1, 1})}, {x});
  const ValueId joined = b.add(op::Concat{1}, {left, pool});
  b.output(b.conv(joined, {3, 10, 1, 1}));
  expect_fast(b, {1, 4, 8, 8});
}

TEST(Activations, OfOneValue) {
  const op::UnaryKind kinds[] = {op::UnaryKind::softplus, op::UnaryKind::softsign,
                                 op::UnaryKind::erf,      op::UnaryKind::reciprocal,
                                 op::UnaryKind::floor,    op::UnaryKind::ceil,
                                 op::UnaryKind::sigmoid,  op::UnaryKind::tanh};
  GraphBuilder b;
  const ValueId x = b.input({1, 3, 5, 7});
  for (const op::UnaryKind kind : kinds) b.output(b.add(op::Unary{kind}, {x}));
  b.output(b.add(op::LeakyRelu{0.1f}, {x}));
  b.output(b.add(op::Elu{0.7f}, {x}));
  b.output(b.add(op::HardSigmoid{0.3f, 0.4f}, {x}));
  const ValueId low = b.constant(Tensor::scalar<float>(-0.25f));
  const ValueId high = b.constant(Tensor::scalar<float>(0.5f));
  b.output(b.add(op::Clip{}, {x, low, high}));
  b.output(b.add(op::Clip{}, {x, low}));
  b.output(b.add(op::Clip{}, {x, kNoValue, high}));
  b.output(b.add(op::Binary{op::BinaryKind::prelu}, {x, b.constant(b.random({3, 1, 1}))}));
  expect_fast(b, {1, 3, 5, 7});
}

TEST(Activations, NanStays) {
  GraphBuilder b;
  const ValueId x = b.input({4});
  b.output(b.add(op::LeakyRelu{0.1f}, {x}));
  b.output(b.add(op::Clip{}, {x, b.constant(Tensor::scalar<float>(0))}));
  Tensor input = b.random({4});
  input.as<float>()[2] = NAN;
  expect_like_reference(b.graph, {input});
}

}  // namespace
}  // namespace colonnade::cpu
