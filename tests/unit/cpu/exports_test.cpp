// Whole exports against what ONNX Runtime answered.
#include "fixtures.hpp"
#include "graphs.hpp"
#include "onnx/reader.hpp"

namespace colonnade::cpu {
namespace {

using colonnade::testing::expect_near;
using colonnade::testing::graph_case;
using colonnade::testing::GraphCase;
using colonnade::testing::NpzFolder;

class Export : public ::testing::TestWithParam<const char*> {};

TEST_P(Export, AnswersLikeOnnxRuntime) {
  COLONNADE_SKIP_WITHOUT_FIXTURES();
  const GraphCase one = graph_case(GetParam());
  const Graph graph = read_onnx(one.graph.string());
  ThreadPool threads(2);
  const auto session =
      cpu_backend().compile(graph, std::span<const Shape>())->create_session(threads);
  if (one.scatter.is_null()) {
    session->run(views_of(colonnade::testing::read_inputs(one, graph)));
  } else {
    const NpzFolder folder(one.inputs);
    const Tensor features = folder.read(one.scatter.at("features"));
    const std::vector<std::int64_t> coords =
        to_int64(folder.read(one.scatter.at("coords")).view());  // Batch, z, y, x.
    std::vector<PillarCell> cells;
    for (std::size_t i = 0; i < coords.size(); i += 4) {
      cells.push_back(
          {static_cast<std::int32_t>(coords[i + 3]), static_cast<std::int32_t>(coords[i + 2])});
    }
    const auto shape = one.scatter.at("shape").get<std::vector<std::int64_t>>();
    session->run(BevImage{features.as<float>(), cells.data(),
                          static_cast<std::int64_t>(cells.size()), shape[1], shape[2], shape[3]});
  }
  const NpzFolder expected(one.outputs);
  for (std::size_t i = 0; i < graph.outputs.size(); ++i) {
    expect_near(expected, graph.values[graph.outputs[i]].name, session->outputs()[i]);
  }
}

INSTANTIATE_TEST_SUITE_P(Real, Export,
                         ::testing::Values("a/pfe_dynamic.onnx", "a/mfn_dynamic.onnx",
                                           "a/mfn_dynamic_opset11.onnx", "a/rpn.onnx",
                                           "c/pointpillar.onnx", "c/pointpillar_scatterbev.onnx",
                                           "d/cbgs_pp_multihead_pfe.onnx",
                                           "d/cbgs_pp_multihead_backbone.onnx", "f/model.onnx"),
                         colonnade::testing::test_name_of_case);

}  // namespace
}  // namespace colonnade::cpu
