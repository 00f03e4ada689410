// A graph by itself, through the public API: binding, running, its memory.
#include "colonnade/graph_engine.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <random>

#include "backends/reference/evaluator.hpp"
#include "colonnade/build.hpp"
#include "fails_with.hpp"
#include "onnx/reader.hpp"
#include "temporary_folder.hpp"

namespace colonnade {
namespace {

namespace fs = std::filesystem;
using testing::fails_with;

/// SmallMunich's RPN, and its MFN of dynamic pillars built for 2 to 4000 of them.
class GraphEngineTest : public ::testing::Test {
 protected:
  static std::string golden(const char* name) {
    return (fs::path(COLONNADE_SOURCE_DIR) / "tests/golden/smallmunich" / name).string();
  }
  std::shared_ptr<const GraphEngine> mfn() const {
    BuildOptions options;
    const auto graph = GraphEngine::open(golden("mfn.onnx"));
    for (const GraphInput& input : graph->inputs()) {
      ShapeProfile profile{input.name, input.shape, input.shape, input.shape};
      for (std::size_t i = 0; i < input.shape.size(); ++i) {
        if (input.shape[i] >= 0) continue;
        profile.min[i] = 2;
        profile.opt[i] = 100;
        profile.max[i] = 4000;
      }
      options.profiles.push_back(std::move(profile));
    }
    onnx2engine(golden("mfn.onnx"), folder_.file("mfn.engine"), options);
    return GraphEngine::open(folder_.file("mfn.engine"));
  }
  static HostTensor ref(const Tensor& tensor) {
    return {static_cast<ElementType>(tensor.dtype()),
            {tensor.shape().begin(), tensor.shape().end()},
            tensor.data()};
  }

  /// 50 pillars of noise, or the places of 50 in an image of 48 x 64 cells.
  static Tensor filled(const GraphInput& input) {
    Shape shape;
    for (const std::int64_t dim : input.shape) shape.push_back(dim < 0 ? 50 : dim);
    Tensor tensor(static_cast<DType>(input.type), shape);
    std::mt19937 random(5);
    for (std::size_t i = 0; i < tensor.elements(); ++i) {
      if (input.type == ElementType::float32) {
        tensor.as<float>()[i] = static_cast<float>(random() % 2001) / 1000 - 1;
      } else {  // (frame, z, y, x), row by row.
        const auto pillar = static_cast<std::int32_t>(i / 4);
        tensor.as<std::int32_t>()[i] = i % 4 == 2 ? pillar % 48 : i % 4 == 3 ? pillar : 0;
      }
    }
    return tensor;
  }

  testing::TemporaryFolder folder_;
};

TEST_F(GraphEngineTest, RunsWhatTheEvaluatorDoes) {
  for (const char* name : {"mfn.onnx", "rpn.onnx", "pfe.onnx"}) {
    const auto engine = GraphEngine::open(golden(name));
    Context context = engine->create_context(2);
    std::vector<Tensor> tensors;
    std::vector<ConstTensorView> inputs;
    for (const GraphInput& input : engine->inputs()) {
      tensors.push_back(filled(input));
      context.bind(input.name, ref(tensors.back()));
      inputs.push_back(tensors.back().view());
    }
    context.run();
    const std::vector<Tensor> expected = evaluate(read_onnx(golden(name)), inputs);
    ASSERT_EQ(engine->outputs().size(), expected.size());
    for (std::size_t k = 0; k < expected.size(); ++k) {
      const HostTensor found = context.output(engine->outputs()[k]);
      ASSERT_EQ(found.shape, ref(expected[k]).shape) << name;
      ASSERT_EQ(found.type, ElementType::float32);
      const auto* values = static_cast<const float*>(found.data);
      const float* right = expected[k].as<float>();
      float largest = 1e-3F;
      for (std::size_t i = 0; i < expected[k].elements(); ++i) {
        largest = std::max(largest, std::abs(right[i]));
      }
      for (std::size_t i = 0; i < expected[k].elements(); ++i) {
        ASSERT_NEAR(values[i], right[i], 1e-5F * largest) << name << " " << i;
      }
    }
  }
}

TEST_F(GraphEngineTest, HoldsItsProfile) {
  const auto engine = mfn();
  const GraphInput& input = engine->inputs().front();
  const auto dynamic = std::find(input.shape.begin(), input.shape.end(), -1) - input.shape.begin();
  ASSERT_LT(dynamic, static_cast<std::ptrdiff_t>(input.shape.size()));
  EXPECT_EQ(input.min[static_cast<std::size_t>(dynamic)], 2);
  EXPECT_EQ(input.max[static_cast<std::size_t>(dynamic)], 4000);
  Context context = engine->create_context(1);
  std::vector<std::int64_t> shape = input.shape;
  shape[static_cast<std::size_t>(dynamic)] = 4001;
  const std::vector<float> data(1);
  EXPECT_TRUE(fails_with(
      [&] {
        context.bind(input.name, {input.type, shape, data.data()});
      },
      "is 4001, the engine's profile allows 2 to 4000"));
}

TEST_F(GraphEngineTest, SaysWhatAContextTakes) {
  const auto engine = mfn();
  const auto shapes = [&](std::int64_t pillars) {
    std::vector<std::vector<std::int64_t>> result;
    for (const GraphInput& input : engine->inputs()) {
      result.push_back(input.shape);
      std::replace(result.back().begin(), result.back().end(), std::int64_t{-1}, pillars);
    }
    return result;
  };
  EXPECT_GT(engine->context_bytes(shapes(100)), 0U);
  EXPECT_LE(engine->context_bytes(shapes(100)), engine->context_bytes(shapes(4000)));
  EXPECT_TRUE(fails_with([&] { engine->context_bytes(shapes(1)); }, "allows 2 to 4000"));
  EXPECT_TRUE(fails_with([&] { engine->context_bytes({}); }, "inputs ("));
}

TEST_F(GraphEngineTest, RefusesWhatDoesntFit) {
  const auto engine = GraphEngine::open(golden("rpn.onnx"));
  Context context = engine->create_context(1);
  const GraphInput& input = engine->inputs().front();
  const float value = 0;
  EXPECT_TRUE(fails_with([&] { context.bind("x", {}); }, "it has '" + input.name + "' float32["));
  EXPECT_TRUE(fails_with(
      [&] {
        context.bind(input.name, {ElementType::int32, input.shape, &value});
      },
      "the type is int32, expected float32"));
  EXPECT_TRUE(fails_with(
      [&] {
        context.bind(input.name, {input.type, {1, 2}, &value});
      },
      "it has 2 dimensions"));
  EXPECT_TRUE(fails_with(
      [&] {
        context.bind(input.name, {input.type, {-1, 2}, &value});
      },
      "is -1"));
  EXPECT_TRUE(fails_with(
      [&] {
        context.bind(input.name, {input.type, input.shape, nullptr});
      },
      "null pointer"));
  EXPECT_TRUE(fails_with([&] { context.run(); }, "nothing is bound to: '" + input.name + "'"));
  EXPECT_TRUE(fails_with([&] { context.output(engine->outputs().front()); }, "no run yet"));
  EXPECT_TRUE(fails_with([&] { context.output("y"); }, "none of that name; it has '"));
  EXPECT_TRUE(fails_with([&] { GraphEngine::open(folder_.file("none.onnx")); }, "none.onnx"));
}

}  // namespace
}  // namespace colonnade
