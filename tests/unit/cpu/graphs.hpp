// Small graphs written by hand, random tensors, and both backends' answers side by side.
#pragma once

#include <fmt/core.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "backends/cpu/backend.hpp"
#include "backends/reference/evaluator.hpp"
#include "base/thread_pool.hpp"
#include "graph/graph.hpp"

namespace colonnade::cpu {

/// Builds a graph node by node; every value gets the name "v<id>".
class GraphBuilder {
 public:
  explicit GraphBuilder(unsigned seed = 1) : random_(seed) {}

  Tensor random(const Shape& shape, float low = -1, float high = 1) {
    Tensor tensor(DType::f32, shape);
    std::uniform_real_distribution<float> distribution(low, high);
    for (std::size_t i = 0; i < tensor.elements(); ++i)
      tensor.as<float>()[i] = distribution(random_);
    return tensor;
  }

  ValueId input(const Shape& shape, DType dtype = DType::f32) {
    Value value;
    value.name = fmt::format("v{}", graph.values.size());
    value.dtype = dtype;
    value.shape = shape;
    const ValueId id = graph.add_value(std::move(value));
    graph.inputs.push_back(id);
    return id;
  }
  ValueId constant(Tensor tensor) {
    return graph.add_constant(fmt::format("v{}", graph.values.size()), std::move(tensor));
  }
  ValueId ints(std::initializer_list<std::int64_t> values) {
    return constant(Tensor::of<std::int64_t>({static_cast<std::int64_t>(values.size())}, values));
  }
  std::vector<ValueId> add(Op op, std::vector<ValueId> inputs, std::size_t outputs) {
    Node node;
    node.name = fmt::format("#{}", graph.nodes.size());
    node.onnx_op = std::string(name_of(op));
    node.op = std::move(op);
    node.inputs = std::move(inputs);
    for (std::size_t i = 0; i < outputs; ++i) {
      Value value;
      value.name = fmt::format("v{}", graph.values.size());
      node.outputs.push_back(graph.add_value(std::move(value)));
    }
    graph.nodes.push_back(std::move(node));
    return graph.nodes.back().outputs;
  }
  ValueId add(Op op, std::vector<ValueId> inputs) {
    return add(std::move(op), std::move(inputs), 1)[0];
  }
  ValueId relu(ValueId x) { return add(op::Unary{op::UnaryKind::relu}, {x}); }
  ValueId sigmoid(ValueId x) { return add(op::Unary{op::UnaryKind::sigmoid}, {x}); }
  ValueId transpose(ValueId x, std::vector<std::int64_t> perm) {
    return add(op::Transpose{std::move(perm)}, {x});
  }
  ValueId conv(ValueId x, const Shape& weights, op::Window window = {}, std::int64_t group = 1,
               bool bias = true) {
    std::vector<ValueId> inputs{x, constant(random(weights))};
    if (bias) inputs.push_back(constant(random({weights[0]})));
    op::Conv conv;
    conv.window = std::move(window);
    conv.group = group;
    return add(conv, std::move(inputs));
  }
  ValueId conv_transpose(ValueId x, const Shape& weights, op::Window window,
                         std::vector<std::int64_t> output_padding = {}, std::int64_t group = 1) {
    op::ConvTranspose conv;
    conv.window = std::move(window);
    conv.output_padding = std::move(output_padding);
    conv.group = group;
    return add(conv, {x, constant(random(weights)), constant(random({weights[1] * group}))});
  }
  ValueId batch_norm(ValueId x, std::int64_t channels) {
    return add(op::BatchNorm{1e-3f},
               {x, constant(random({channels}, 0.5f, 2)), constant(random({channels})),
                constant(random({channels})), constant(random({channels}, 0.1f, 2))});
  }
  void output(ValueId value) { graph.outputs.push_back(value); }

  Graph graph;

 private:
  std::mt19937 random_;
};

inline std::vector<ConstTensorView> views_of(const std::vector<Tensor>& tensors) {
  std::vector<ConstTensorView> views;
  for (const Tensor& tensor : tensors) views.push_back(tensor.view());
  return views;
}

inline std::vector<Shape> shapes_of(const std::vector<Tensor>& tensors) {
  std::vector<Shape> shapes;
  for (const Tensor& tensor : tensors) shapes.push_back(tensor.shape());
  return shapes;
}

/// Copies, since a session's outputs live until its next run only.
inline std::vector<Tensor> copies_of(std::span<const ConstTensorView> views) {
  std::vector<Tensor> tensors;
  for (const ConstTensorView& view : views) {
    Tensor tensor(view.dtype, view.shape);
    const auto* from = static_cast<const std::byte*>(view.data);
    std::copy_n(from, tensor.bytes(), static_cast<std::byte*>(tensor.data()));
    tensors.push_back(std::move(tensor));
  }
  return tensors;
}

inline std::vector<Tensor> run_with(const Graph& graph, const std::vector<Tensor>& inputs,
                                    const CompileOptions& options, int threads = 1) {
  ThreadPool pool(threads);
  const auto session =
      cpu_backend().compile(graph, shapes_of(inputs), options)->create_session(pool);
  session->run(views_of(inputs));
  return copies_of(session->outputs());
}

inline std::vector<Tensor> run_on_cpu(const Graph& graph, const std::vector<Tensor>& inputs,
                                      int threads = 1, Isa isa = usable_isas().front()) {
  return run_with(graph, inputs, {isa, {}}, threads);
}

/// All of every map, whatever the inputs hold.
inline std::vector<Tensor> run_whole(const Graph& graph, const std::vector<Tensor>& inputs,
                                     CompileOptions options = {}) {
  options.dense = true;
  return run_with(graph, inputs, options);
}

/// max |a - b| <= 1e-5 max |b|, shapes and types equal.
inline void expect_close(const Tensor& actual, const Tensor& expected) {
  ASSERT_EQ(actual.dtype(), expected.dtype());
  ASSERT_EQ(actual.shape(), expected.shape())
      << actual.shape().to_string() << " " << expected.shape().to_string();
  ASSERT_EQ(actual.dtype(), DType::f32);
  double difference = 0, largest = 0;
  for (std::size_t i = 0; i < actual.elements(); ++i) {
    const double a = actual.as<float>()[i], b = expected.as<float>()[i];
    ASSERT_EQ(std::isnan(a), std::isnan(b)) << "at " << i;
    if (std::isnan(a)) continue;
    difference = std::max(difference, std::abs(a - b));
    largest = std::max(largest, std::abs(b));
  }
  EXPECT_LE(difference, 1e-5 * largest);
}

inline void expect_equal_bits(const Tensor& actual, const Tensor& expected) {
  ASSERT_EQ(actual.shape(), expected.shape());
  const auto* a = static_cast<const std::byte*>(actual.data());
  const auto* b = static_cast<const std::byte*>(expected.data());
  EXPECT_TRUE(std::equal(a, a + actual.bytes(), b));
}

/// The CPU's outputs are close to the oracle's on every instruction set that this machine has, and
/// the same bits with 1, 2 and 3 threads.
inline void expect_like_reference(const Graph& graph, const std::vector<Tensor>& inputs) {
  const std::vector<Tensor> expected = evaluate(graph, views_of(inputs));
  for (const Isa isa : usable_isas()) {
    SCOPED_TRACE(isa_name(isa));
    const std::vector<Tensor> one = run_on_cpu(graph, inputs, 1, isa);
    ASSERT_EQ(one.size(), expected.size());
    for (std::size_t i = 0; i < one.size(); ++i) expect_close(one[i], expected[i]);
    for (const int threads : {2, 3}) {
      const std::vector<Tensor> more = run_on_cpu(graph, inputs, threads, isa);
      for (std::size_t i = 0; i < one.size(); ++i) expect_equal_bits(more[i], one[i]);
    }
  }
}

}  // namespace colonnade::cpu
