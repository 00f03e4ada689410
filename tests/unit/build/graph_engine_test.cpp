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

/// SmallMunich's RPN, and its MFN of dynamic pillars.
class GraphEngineTest : public ::testing::Test {
 protected:
  static std::string golden(const char* name) {
    return (fs::path(COLONNADE_SOURCE_DIR) / "tests/golden/smallmunich" / name).string();
  }
  /// Its MFN, built for numbers of pillars from one to another.
  struct Range {
    std::int64_t least, most;
  };
  std::shared_ptr<const GraphEngine> mfn(const std::vector<Range>& ranges = {{2, 4000}}) const {
    BuildOptions options;
    const auto graph = GraphEngine::open(golden("mfn.onnx"));
    for (std::size_t number = 0; number < ranges.size(); ++number) {
      for (const GraphInput& input : graph->inputs()) {
        options.profiles.push_back({input.name,
                                    of_pillars(input, ranges[number].least),
                                    {},
                                    of_pillars(input, ranges[number].most),
                                    number});
      }
    }
    onnx2engine(golden("mfn.onnx"), folder_.file("mfn.engine"), options);
    return GraphEngine::open(folder_.file("mfn.engine"));
  }
  static std::vector<std::int64_t> of_pillars(const GraphInput& input, std::int64_t pillars) {
    std::vector<std::int64_t> shape = input.shape;
    std::replace(shape.begin(), shape.end(), std::int64_t{-1}, pillars);
    return shape;
  }
  static HostTensor ref(const Tensor& tensor) {
    return {static_cast<ElementType>(tensor.dtype()),
            {tensor.shape().begin(), tensor.shape().end()},
            tensor.data()};
  }

  /// Pillars of noise, or the places of pillars in an image of 48 x 64 cells.
  static Tensor filled(const GraphInput& input, std::int64_t pillars = 50) {
    const std::vector<std::int64_t> dims = of_pillars(input, pillars);
    const Shape shape(dims);
    Tensor tensor(static_cast<DType>(input.type), shape);
    std::mt19937 random(5);
    for (std::size_t i = 0; i < tensor.elements(); ++i) {
      if (input.type == ElementType::float32) {
        tensor.as<float>()[i] = static_cast<float>(random() % 2001) / 1000 - 1;
      } else {  // (frame, z, y, x), row by row.
        const auto pillar = static_cast<std::int32_t>(i / 4);
        tensor.as<std::int32_t>()[i] = i % 4 == 2 ? pillar % 48 : i % 4 == 3 ? pillar / 48 : 0;
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
  ASSERT_EQ(engine->profiles().size(), 1U);
  EXPECT_EQ(engine->profiles()[0].inputs[0].min, of_pillars(input, 2));
  EXPECT_EQ(engine->profiles()[0].inputs[0].max, of_pillars(input, 4000));
  Context context = engine->create_context(1);
  const std::vector<float> data(1);
  EXPECT_TRUE(fails_with(
      [&] {
        context.bind(input.name, {input.type, of_pillars(input, 4001), data.data()});
      },
      "is 4001, the engine's profile allows 2 to 4000"));
  EXPECT_TRUE(GraphEngine::open(golden("mfn.onnx"))->profiles().empty());
}

TEST_F(GraphEngineTest, ChoosesAmongItsProfiles) {
  const auto engine = mfn({{1, 100}, {50, 4000}});
  ASSERT_EQ(engine->profiles().size(), 2U);
  EXPECT_GT(engine->profiles()[0].context_bytes, 0U);
  EXPECT_LT(engine->profiles()[0].context_bytes, engine->profiles()[1].context_bytes);
  std::vector<std::vector<std::int64_t>> largest;
  for (const GraphProfile::Input& input : engine->profiles()[1].inputs)
    largest.push_back(input.max);
  EXPECT_EQ(engine->context_bytes(largest), engine->profiles()[1].context_bytes);

  const auto bind = [&](Context& context, std::vector<Tensor>& tensors) {
    for (std::size_t i = 0; i < tensors.size(); ++i)
      context.bind(engine->inputs()[i].name, ref(tensors[i]));
  };
  const auto filled_all = [&](std::int64_t pillars) {
    std::vector<Tensor> tensors;
    for (const GraphInput& input : engine->inputs()) tensors.push_back(filled(input, pillars));
    return tensors;
  };
  Context any = engine->create_context(1), first = engine->create_context(1, {}, 0);
  for (const std::int64_t pillars : {1, 49, 100, 101, 3000}) {
    SCOPED_TRACE(pillars);
    std::vector<Tensor> tensors = filled_all(pillars);
    std::vector<ConstTensorView> views;
    for (const Tensor& tensor : tensors) views.push_back(tensor.view());
    bind(any, tensors);
    any.run();
    const std::vector<Tensor> expected = evaluate(read_onnx(golden("mfn.onnx")), views);
    const auto* found = static_cast<const float*>(any.output(engine->outputs()[0]).data);
    EXPECT_TRUE(std::equal(found, found + expected[0].elements(), expected[0].as<float>()));
    if (pillars <= 100) continue;
    EXPECT_TRUE(fails_with([&] { bind(first, tensors); }, "profile 0 allows 1 to 100"));
  }
  // One input's few with the other's many are in no profile together.
  std::vector<Tensor> mixed = filled_all(10);
  mixed[1] = filled(engine->inputs()[1], 101);
  bind(any, mixed);
  EXPECT_TRUE(fails_with([&] { any.run(); }, "takes the inputs' shapes together"));
  EXPECT_TRUE(fails_with([&] { engine->create_context(1, {}, 2); }, "the engine has 2"));
}

TEST_F(GraphEngineTest, SaysWhatAContextTakes) {
  const auto engine = mfn();
  const auto shapes = [&](std::int64_t pillars) {
    std::vector<std::vector<std::int64_t>> result;
    for (const GraphInput& input : engine->inputs()) result.push_back(of_pillars(input, pillars));
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
