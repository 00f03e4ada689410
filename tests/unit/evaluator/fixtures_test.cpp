// The reference evaluator on real exports. The backbones take it minutes; they are left to the cpu
// backend's tests.
#include "fixtures.hpp"

#include "backends/reference/evaluator.hpp"
#include "onnx/reader.hpp"
#include "passes/fold_constants.hpp"

namespace colonnade {
namespace {

using namespace colonnade::testing;

std::vector<Tensor> run(const Graph& graph, const std::vector<Tensor>& inputs) {
  std::vector<ConstTensorView> views;
  for (const Tensor& input : inputs) views.push_back(input.view());
  return evaluate(graph, views);
}

std::vector<Shape> shapes_of(const std::vector<Tensor>& tensors) {
  std::vector<Shape> shapes;
  for (const Tensor& tensor : tensors) shapes.push_back(tensor.shape());
  return shapes;
}

class SmallExport : public ::testing::TestWithParam<const char*> {};

TEST_P(SmallExport, GivesWhatItsExporterGot) {
  COLONNADE_SKIP_WITHOUT_FIXTURES();
  const GraphCase one = graph_case(GetParam());
  const Graph graph = read_onnx(one.graph.string());
  const std::vector<Tensor> inputs = read_inputs(one, graph);
  const std::vector<Tensor> outputs = run(graph, inputs);
  const NpzFolder expected(one.outputs);
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    expect_near(expected, graph.values[graph.outputs[i]].name, outputs[i].view());
  }
}

INSTANTIATE_TEST_SUITE_P(Exports, SmallExport,
                         ::testing::Values("a/pfe_dynamic.onnx", "a/mfn_dynamic.onnx",
                                           "a/mfn_dynamic_opset11.onnx",
                                           "d/cbgs_pp_multihead_pfe.onnx"),
                         test_name_of_case);

class EveryExport : public ::testing::TestWithParam<const char*> {};

/// Before it runs, every tensor's shape is known: what a planner stands on.
TEST_P(EveryExport, FoldsToStaticShapes) {
  COLONNADE_SKIP_WITHOUT_FIXTURES();
  const GraphCase one = graph_case(GetParam());
  const Graph graph = read_onnx(one.graph.string());
  std::vector<Shape> shapes;
  if (one.scatter.is_null()) {
    shapes = shapes_of(read_inputs(one, graph));
  } else {
    const auto dims = one.scatter.at("shape").get<std::vector<std::int64_t>>();
    shapes = {Shape(std::span<const std::int64_t>(dims))};
  }
  const Graph folded = fold_constants(graph, shapes);
  EXPECT_LE(folded.nodes.size(), graph.nodes.size());
  for (const Node& node : folded.nodes) {
    for (const ValueId id : node.outputs) {
      if (id == kNoValue) continue;
      const auto& shape = folded.values[id].shape;
      EXPECT_TRUE(shape && shape->is_static()) << node.name << " (" << node.onnx_op << ")";
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Exports, EveryExport,
                         ::testing::Values("a/pfe_dynamic.onnx", "a/mfn_dynamic.onnx",
                                           "a/mfn_dynamic_opset11.onnx", "a/rpn.onnx",
                                           "c/pointpillar.onnx", "c/pointpillar_scatterbev.onnx",
                                           "d/cbgs_pp_multihead_pfe.onnx",
                                           "d/cbgs_pp_multihead_backbone.onnx", "f/model.onnx"),
                         test_name_of_case);

}  // namespace
}  // namespace colonnade
