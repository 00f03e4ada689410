// Graphs prepared for TensorRT answer as the exporters' own do.
#include "tensorrt/prepare.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>

#include "backends/backend.hpp"
#include "backends/reference/evaluator.hpp"
#include "base/thread_pool.hpp"
#include "fails_with.hpp"
#include "fixtures.hpp"
#include "onnx/reader.hpp"
#include "onnx/writer.hpp"
#include "test_graph.hpp"

namespace colonnade {
namespace {

using testing::add_input;
using testing::add_node;
using testing::GraphCase;

std::size_t constant_bytes(const Graph& graph) {
  std::size_t bytes = 0;
  for (const Value& value : graph.values) bytes += value.constant ? value.constant.bytes() : 0;
  return bytes;
}

template <typename T>
bool has(const Graph& graph) {
  return std::any_of(graph.nodes.begin(), graph.nodes.end(),
                     [](const Node& node) { return std::holds_alternative<T>(node.op); });
}

/// 64 x 48 cells in the golden ScatterBEV, KITTI's in the real one.
PrepareOptions options_of(const GraphCase& one) {
  const bool golden = one.graph.string().find("golden") != std::string::npos;
  return {golden ? std::array<std::int64_t, 2>{64, 48} : std::array<std::int64_t, 2>{432, 496}};
}

/// ScatterBEV's params hold the count of pillars, which the prepared graph takes alone.
Tensor voxel_num_of(const testing::NpzFolder& inputs) {
  if (inputs.has("voxel_num")) return inputs.read("voxel_num");
  const Tensor params = inputs.read("params");
  std::int32_t count = 0;
  std::memcpy(&count, params.as<float>() + 4, sizeof count);
  return Tensor::of<std::int32_t>({1}, {count});
}

void expect_answers(const GraphCase& one) {
  const Graph original = read_onnx(one.graph.string());
  const PreparedGraph prepared = prepare_for_tensorrt(original, options_of(one));
  EXPECT_FALSE(has<op::PillarScatter>(prepared.graph));
  for (const Value& value : prepared.graph.values) EXPECT_NE(value.dtype, DType::f64) << value.name;
  ASSERT_EQ(prepared.graph.outputs.size(), original.outputs.size());

  // As its consumer reads it.
  const Graph graph = read_onnx(write_onnx(prepared.graph), "prepared.onnx");
  const testing::NpzFolder folder(one.inputs), expected(one.outputs);
  std::vector<Tensor> inputs;
  std::vector<ConstTensorView> views;
  for (const ValueId id : graph.inputs) {
    const std::string& name = graph.values[id].name;
    inputs.push_back(name == "voxel_num" ? voxel_num_of(folder) : folder.read(name));
  }
  for (const Tensor& input : inputs) views.push_back(input.view());
  ThreadPool threads(2);
  const auto session = find_backend("cpu").compile(graph, {})->create_session(threads);
  session->run(views);
  for (std::size_t i = 0; i < graph.outputs.size(); ++i) {
    const std::string& name = graph.values[graph.outputs[i]].name;
    EXPECT_EQ(name, original.values[original.outputs[i]].name);
    testing::expect_near(expected, name, session->outputs()[i]);
  }
}

class PreparedGolden : public ::testing::TestWithParam<GraphCase> {};

TEST_P(PreparedGolden, AnswersAsTheExporterDoes) {
  expect_answers(GetParam());
}

INSTANTIATE_TEST_SUITE_P(
    Families, PreparedGolden,
    ::testing::ValuesIn(testing::graph_cases(testing::fs::path(COLONNADE_SOURCE_DIR) /
                                             "tests/golden")),
    [](const auto& parameter) { return testing::test_name(parameter.param.name); });

class PreparedExport : public ::testing::TestWithParam<const char*> {};

TEST_P(PreparedExport, AnswersAsOnnxRuntimeDoes) {
  COLONNADE_SKIP_WITHOUT_FIXTURES();
  expect_answers(testing::graph_case(GetParam()));
}

INSTANTIATE_TEST_SUITE_P(Real, PreparedExport,
                         ::testing::Values("a/pfe_dynamic.onnx", "a/mfn_dynamic.onnx",
                                           "a/mfn_dynamic_opset11.onnx", "c/pointpillar.onnx",
                                           "c/pointpillar_scatterbev.onnx",
                                           "d/cbgs_pp_multihead_pfe.onnx", "f/model.onnx"),
                         testing::test_name_of_case);

// SmallMunich's MFN: the 54.8 MB of zeros that the export stores are gone, P stays dynamic.
TEST(Prepare, StoresNoCanvas) {
  COLONNADE_SKIP_WITHOUT_FIXTURES();
  for (const char* name : {"a/mfn_dynamic.onnx", "a/mfn_dynamic_opset11.onnx"}) {
    const Graph original = read_onnx((*testing::fixtures() / name).string());
    EXPECT_GT(constant_bytes(original), 54'000'000u);
    const Graph graph = prepare_for_tensorrt(original).graph;
    EXPECT_LT(constant_bytes(graph), 1000u);
    EXPECT_TRUE(has<op::ScatterND>(graph));
    EXPECT_FALSE(has<op::ScatterElements>(graph));
    EXPECT_EQ((*graph.values[graph.inputs[0]].shape)[0], kUnknownDim);
  }
}

/// PPScatterPlugin of a 5 x 4 image, 2 channels.
Graph plugin_graph(std::int64_t pillars, op::PillarScatter plugin) {
  Graph graph;
  const ValueId features = add_input(graph, "features", DType::f32, Shape{pillars, 2});
  const ValueId coords = add_input(graph, "coords", DType::i32, Shape{pillars, 4});
  const ValueId count = add_input(graph, "count", DType::i32, Shape{1});
  graph.outputs = {add_node(graph, plugin, {features, coords, count}, "image")};
  return graph;
}
constexpr op::PillarScatter kPlugin{op::PillarScatterForm::plugin, 4, 5};

// What the plugins drop: rows beyond the count, cells outside of the image. So does what becomes of
// a graph that was prepared before, as `build` makes of what `convert` wrote.
TEST(Prepare, DropsWhatThePluginDrops) {
  const Tensor features = Tensor::of<float>({6, 2}, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12});
  const Tensor coords = Tensor::of<std::int32_t>(
      {6, 4}, {0, 0, 1, 2, 0, 0, -1, 2, 0, 0, 3, 5, 0, 0, 3, 4, 0, 0, 4, 0, 0, 0, 0, 0});
  for (const std::int64_t pillars : {std::int64_t{6}, kUnknownDim}) {
    const Graph original = plugin_graph(pillars, kPlugin);
    const Graph graph = prepare_for_tensorrt(original).graph;
    const Graph again = prepare_for_tensorrt(graph).graph;
    for (const std::int32_t count : {0, 1, 5, 6}) {
      const Tensor given = Tensor::of<std::int32_t>({1}, {count});
      const std::vector<ConstTensorView> views{features.view(), coords.view(), given.view()};
      const Tensor expected = evaluate(original, views).front();
      for (const Graph* prepared : {&graph, &again}) {
        const Tensor found = evaluate(*prepared, views).front();
        ASSERT_EQ(found.shape(), expected.shape());
        EXPECT_EQ(std::memcmp(found.data(), expected.data(), found.bytes()), 0)
            << "count " << count << " of " << pillars << (prepared == &again ? ", again" : "");
      }
    }
  }
}

TEST(Prepare, RefusesAPluginWhoseImageItCannotTell) {
  Graph graph;
  const ValueId features = add_input(graph, "features", DType::f32, Shape{6, 2});
  const ValueId coords = add_input(graph, "coords", DType::f32, Shape{1, 1, 6, 4});
  const ValueId params = add_input(graph, "params", DType::f32, Shape{1, 1, 1, 5});
  graph.outputs = {add_node(graph, op::PillarScatter{op::PillarScatterForm::scatter_bev, 0, 0},
                            {features, coords, params}, "image")};
  EXPECT_TRUE(testing::fails_with([&] { prepare_for_tensorrt(graph); }, "--grid WIDTHxHEIGHT"));
  EXPECT_TRUE(prepare_for_tensorrt(graph, {std::array<std::int64_t, 2>{5, 4}})
                  .graph.find_input("voxel_num") != kNoValue);
}

// A scatter that transposes the image isn't the pillars' scatter, whatever it looks like.
TEST(Prepare, LeavesAScatterThatItCannotProve) {
  Graph graph;
  const ValueId features = add_input(graph, "features", DType::f32, Shape{kUnknownDim, 2});
  const ValueId coords = add_input(graph, "coords", DType::i64, Shape{kUnknownDim, 4});
  const auto constant = [&](std::vector<std::int64_t> values) {
    return graph.add_constant("",
                              Tensor::of<std::int64_t>({static_cast<std::int64_t>(values.size())},
                                                       std::span<const std::int64_t>(values)));
  };
  const auto column = [&](std::int64_t at, const char* name) {
    return add_node(graph, op::Gather{1}, {coords, constant({at})}, name);
  };
  const ValueId canvas = graph.add_constant("canvas", Tensor(DType::f32, Shape{20, 2}));
  // x H + y in an image of H rows and W columns.
  const ValueId start =
      add_node(graph, op::Binary{op::BinaryKind::mul}, {column(3, "x"), constant({4})}, "start");
  const ValueId index =
      add_node(graph, op::Binary{op::BinaryKind::add}, {start, column(2, "y")}, "index");
  const ValueId rows = add_node(graph, op::ScatterND{}, {canvas, index, features}, "rows");
  const ValueId channels = add_node(graph, op::Transpose{{1, 0}}, {rows}, "channels");
  graph.outputs = {add_node(graph, op::Reshape{}, {channels, constant({1, 2, 4, 5})}, "image")};
  const PreparedGraph prepared = prepare_for_tensorrt(graph);
  EXPECT_NE(prepared.notes.front().find("no scatter replaced"), std::string::npos)
      << prepared.notes.front();
  EXPECT_FALSE(has<op::ConstantOfShape>(prepared.graph));
}

}  // namespace
}  // namespace colonnade
