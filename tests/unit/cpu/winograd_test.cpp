// Winograd's convolutions against the direct ones, alone and within sparse and dense networks.
#include <algorithm>

#include "graphs.hpp"
#include "kernels/conv/winograd.hpp"

namespace colonnade::cpu {
namespace {

op::Window padded(std::int64_t top, std::int64_t left, std::int64_t bottom, std::int64_t right) {
  op::Window window;
  window.pads = {top, left, bottom, right};
  return window;
}

/// Largest difference over the largest value.
double error_of(const Tensor& actual, const Tensor& expected) {
  double difference = 0, range = 0;
  for (std::size_t i = 0; i < expected.elements(); ++i) {
    const double a = actual.as<float>()[i], b = expected.as<float>()[i];
    difference = std::max(difference, std::abs(a - b));
    range = std::max(range, std::abs(b));
  }
  return difference / range;
}

CompileOptions winograd(Isa isa = usable_isas().front()) {
  CompileOptions options;
  options.isa = isa;
  options.winograd = true;
  return options;
}

TEST(Winograd, EqualsTheDirectKernelsButForRounding) {
  struct Case {
    Shape image;
    std::int64_t outputs;
    op::Window window;
    bool relu;
  };
  const Case cases[] = {
      {{1, 32, 8, 8}, 32, padded(1, 1, 1, 1), true},     // Whole tiles.
      {{1, 33, 9, 7}, 35, padded(1, 1, 1, 1), true},     // Parts of tiles and of vectors.
      {{1, 64, 3, 3}, 32, padded(0, 0, 0, 0), false},    // One output.
      {{2, 40, 11, 13}, 33, padded(1, 2, 0, 1), false},  // Two images, pads that differ.
      {{1, 64, 62, 54}, 64, padded(1, 1, 1, 1), true},
      {{1, 80, 31, 27}, 96, padded(1, 1, 1, 1), true},  // Too wide for a core's own cache.
      {{2, 128, 90, 70}, 128, padded(1, 1, 1, 1), false},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.image.to_string());
    GraphBuilder b(5);
    const ValueId y = b.conv(b.input(c.image), {c.outputs, c.image[1], 3, 3}, c.window);
    b.output(c.relu ? b.relu(y) : y);
    const std::vector<Tensor> inputs{b.random(c.image)};
    const Tensor expected = run_on_cpu(b.graph, inputs)[0];
    for (const Isa isa : usable_isas()) {
      SCOPED_TRACE(std::string(isa_name(isa)));
      const Tensor actual = run_with(b.graph, inputs, winograd(isa), 2)[0];
      EXPECT_LT(error_of(actual, expected), 2e-5);
      EXPECT_GT(error_of(actual, expected), 0) << "it was computed directly";
      expect_equal_bits(run_with(b.graph, inputs, winograd(isa), 1)[0], actual);
    }
  }
}

TEST(Winograd, NarrowOrStridedConvolutionsStayDirect) {
  GraphBuilder b(5);
  op::Window half = padded(1, 1, 1, 1);
  half.strides = {2, 2};
  const ValueId x = b.relu(b.conv(b.input({1, 8, 16, 12}), {32, 8, 3, 3}, padded(1, 1, 1, 1)));
  b.output(b.conv(x, {32, 32, 3, 3}, half));
  const std::vector<Tensor> inputs{b.random({1, 8, 16, 12})};
  expect_equal_bits(run_with(b.graph, inputs, winograd(), 2)[0], run_on_cpu(b.graph, inputs)[0]);
}

// The same network and sweep four ways.
TEST(Winograd, SparseAndDenseAgreeWithTheDirectNetwork) {
  GraphBuilder b(11);
  const Shape image{1, 32, 41, 38};
  op::Window half = padded(1, 1, 1, 1);
  half.strides = {2, 2};
  ValueId x = b.input(image);
  x = b.relu(b.conv(x, {32, 32, 3, 3}, half));
  for (int i = 0; i < 3; ++i) x = b.relu(b.conv(x, {32, 32, 3, 3}, padded(1, 1, 1, 1)));
  b.output(b.conv(x, {10, 32, 1, 1}));

  ThreadPool threads(2);
  CompileOptions options = winograd();
  const auto sparse = cpu_backend().compile(b.graph, {&image, 1}, options)->create_session(threads);
  options.dense = true;
  const auto dense = cpu_backend().compile(b.graph, {&image, 1}, options)->create_session(threads);
  options.winograd = false;
  const auto direct = cpu_backend().compile(b.graph, {&image, 1}, options)->create_session(threads);

  for (const int pillars : {0, 1, 20, 400, 3}) {
    SCOPED_TRACE(pillars);
    std::vector<PillarCell> cells;
    for (int p = 0; p < pillars; ++p) {
      const std::int64_t cell = p * 131 % (image[2] * image[3]);
      cells.push_back(
          {static_cast<std::int32_t>(cell % image[3]), static_cast<std::int32_t>(cell / image[3])});
    }
    const Tensor features = b.random({pillars + 1, image[1]});
    const BevImage view{features.as<float>(), cells.data(), pillars, image[1], image[2], image[3]};
    direct->run(view);
    const Tensor expected = copies_of(direct->outputs())[0];
    for (Session* session : {sparse.get(), dense.get()}) {
      session->run(view);
      EXPECT_LT(error_of(copies_of(session->outputs())[0], expected), 1e-5);
    }
  }
}

}  // namespace
}  // namespace colonnade::cpu
