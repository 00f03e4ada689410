// Graphs that want more memory or work than a run may take: one sentence, before anything is
// allocated, on every backend.
#include <gtest/gtest.h>

#include "backends/backend.hpp"
#include "backends/reference/evaluator.hpp"
#include "base/thread_pool.hpp"
#include "fails_with.hpp"
#include "test_graph.hpp"

namespace colonnade {
namespace {

using testing::add_input;
using testing::add_node;
using testing::fails_with;

constexpr std::int64_t kHuge = std::int64_t{1} << 40;

Tensor integers(std::initializer_list<std::int64_t> values) {
  return Tensor::of<std::int64_t>({static_cast<std::int64_t>(values.size())}, values);
}

/// One node on x, float32 [1, 1, 4, 4], and constants.
Graph one_node(Op op, const std::vector<Tensor>& constants, bool reads_x = true) {
  Graph graph;
  const ValueId x = add_input(graph, "x", DType::f32, Shape{1, 1, 4, 4});
  std::vector<ValueId> inputs;
  if (reads_x) inputs.push_back(x);
  for (const Tensor& constant : constants) {
    inputs.push_back(constant ? graph.add_constant("c", constant) : kNoValue);
  }
  graph.outputs = {add_node(graph, std::move(op), inputs, "y")};
  return graph;
}

struct Case {
  const char* name;
  Graph graph;
  const char* says;
};

std::vector<Case> cases() {
  op::AveragePool pool;
  pool.window.kernel = {std::int64_t{1} << 29, 1};
  pool.window.pads = {std::int64_t{1} << 29, 0, std::int64_t{1} << 29, 0};
  op::ConvTranspose transposed;
  transposed.window.strides = {1 << 29, 1 << 29};
  op::Resize resize;
  return {
      {"Expand", one_node(op::Expand{}, {integers({kHuge, 1, 4, 4})}), "GB"},
      {"Tile", one_node(op::Tile{}, {integers({1, kHuge, 1, 1})}), "GB"},
      {"Pad", one_node(op::Pad{}, {integers({0, 0, 0, 0, 0, 0, kHuge, 0})}), "GB"},
      {"ConstantOfShape", one_node(op::ConstantOfShape{}, {integers({kHuge, 4})}, false), "GB"},
      {"Range",
       one_node(op::Range{},
                {Tensor::scalar<std::int64_t>(0), Tensor::scalar<std::int64_t>(kHuge),
                 Tensor::scalar<std::int64_t>(1)},
                false),
       "GB"},
      {"Resize", one_node(resize, {Tensor(), Tensor(), integers({1, 1, 1 << 20, 1 << 20})}), "GB"},
      {"ConvTranspose", one_node(transposed, {Tensor(DType::f32, {1, 1, 2, 2})}), "GB"},
      {"AveragePool", one_node(pool, {}), "GB"},
      {"Einsum",
       one_node(op::Einsum{"abcd,e,f,g,h->"},
                {Tensor(DType::f32, {9999}), Tensor(DType::f32, {9999}), Tensor(DType::f32, {9999}),
                 Tensor(DType::f32, {9999})}),
       "operations"},
  };
}

void run(const std::string& backend, const Graph& graph, const RunLimits& limits = {}) {
  ThreadPool threads(1);
  const Tensor x(DType::f32, {1, 1, 4, 4});
  const std::vector<Shape> shapes{x.shape()};
  const ConstTensorView view = x.view();
  CompileOptions options;
  options.limits = limits;
  find_backend(backend).compile(graph, shapes, options)->create_session(threads)->run({&view, 1});
}

TEST(Limits, AreToldBeforeAnythingIsAllocated) {
  for (const Case& c : cases()) {
    for (const char* const backend : {"reference", "cpu"}) {
      SCOPED_TRACE(std::string(c.name) + " on " + backend);
      EXPECT_TRUE(fails_with([&] { run(backend, c.graph); }, "node 'make y'"));
      EXPECT_TRUE(fails_with([&] { run(backend, c.graph); }, c.says));
    }
  }
}

/// y = -(-x) by way of a tensor of 64 times the elements.
Graph wide_in_the_middle() {
  Graph graph;
  const ValueId x = add_input(graph, "x", DType::f32, Shape{1, 1, 4, 4});
  const ValueId wide =
      add_node(graph, op::Expand{}, {x, graph.add_constant("c", integers({8, 8, 4, 4}))}, "wide");
  const ValueId middle = add_node(graph, op::Unary{op::UnaryKind::neg}, {wide}, "middle");
  op::Reduce sum{op::ReduceKind::sum};
  graph.outputs = {
      add_node(graph, sum, {middle, graph.add_constant("axes", integers({0, 1}))}, "y")};
  return graph;
}

TEST(Limits, AreOfWhatIsAliveAtOnce) {
  constexpr double kWide = 64 * 16 * sizeof(float);
  for (const char* const backend : {"reference", "cpu"}) {
    SCOPED_TRACE(backend);
    EXPECT_NO_THROW(run(backend, wide_in_the_middle(), {.bytes = 3 * kWide}));
    EXPECT_TRUE(fails_with([&] { run(backend, wide_in_the_middle(), {.bytes = 0.9 * kWide}); },
                           "a run may hold 4 KB"));
    EXPECT_TRUE(fails_with([&] { run(backend, wide_in_the_middle(), {.operations = 1500}); },
                           "a run may take 1.5e+03"));
  }
  // The evaluator has only two of the three at a time, and frees what was read.
  EXPECT_NO_THROW(run("reference", wide_in_the_middle(), {.bytes = 2.1 * kWide}));
}

}  // namespace
}  // namespace colonnade
