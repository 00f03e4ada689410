// Every graph of tests/golden on every backend against what PyTorch answered.
#include <gtest/gtest.h>

#include <cstring>
#include <tuple>
#include <vector>

#include "base/thread_pool.hpp"
#include "models.hpp"

namespace colonnade {
namespace {

namespace fs = std::filesystem;
using testing::GraphCase;

class GoldenGraphs : public ::testing::TestWithParam<std::tuple<GraphCase, std::string>> {};

TEST_P(GoldenGraphs, AnswerAsPyTorchDoes) {
  const auto& [one, backend] = GetParam();
  const Graph graph = read_onnx(one.graph.string());
  const std::vector<Tensor> inputs = testing::read_inputs(one, graph);
  std::vector<ConstTensorView> views;
  std::vector<Shape> shapes;
  for (const Tensor& input : inputs) {
    views.push_back(input.view());
    shapes.push_back(input.shape());
  }
  const testing::NpzFolder expected(one.outputs);
  ThreadPool threads(2);
  // Compiled for these shapes, and for whatever comes.
  for (const std::vector<Shape>& given : {shapes, std::vector<Shape>()}) {
    const auto program = find_backend(backend).compile(graph, given);
    const auto session = program->create_session(threads);
    session->run(views);
    ASSERT_EQ(session->outputs().size(), graph.outputs.size());
    for (std::size_t i = 0; i < graph.outputs.size(); ++i) {
      testing::expect_near(expected, graph.values[graph.outputs[i]].name, session->outputs()[i]);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    Families, GoldenGraphs,
    ::testing::Combine(::testing::ValuesIn(testing::graph_cases(testing::golden())),
                       ::testing::ValuesIn(testing::backend_names())),
    [](const auto& parameter) {
      return testing::test_name(std::get<0>(parameter.param).name + "_" +
                                std::get<1>(parameter.param));
    });

class GoldenPieces : public ::testing::TestWithParam<std::string> {};

std::vector<Tensor> run(const std::string& backend, const fs::path& path,
                        const std::vector<Tensor>& inputs) {
  std::vector<ConstTensorView> views;
  for (const Tensor& input : inputs) views.push_back(input.view());
  ThreadPool threads(2);
  const auto session =
      find_backend(backend).compile(read_onnx(path.string()), {})->create_session(threads);
  session->run(views);
  std::vector<Tensor> outputs;
  for (const ConstTensorView& view : session->outputs()) {
    outputs.emplace_back(view.dtype, view.shape);
    std::memcpy(outputs.back().data(), view.data, outputs.back().bytes());
  }
  return outputs;
}

// SmallMunich's three files one after the other, as a user runs them with `colonnade run`.
TEST_P(GoldenPieces, ChainedAnswerAsTheWholeNetworkDoes) {
  const fs::path folder = testing::golden() / "smallmunich";
  const fs::path pfe = folder / "pfe.onnx", mfn = folder / "mfn.onnx", rpn = folder / "rpn.onnx";
  const Graph pfe_graph = read_onnx(pfe.string());
  const testing::NpzFolder pfe_inputs(folder / "pfe_in.npz"), mfn_inputs(folder / "mfn_in.npz");
  std::vector<Tensor> inputs;
  for (const ValueId id : pfe_graph.inputs) {
    inputs.push_back(pfe_inputs.read(pfe_graph.values[id].name));
  }
  const Tensor features = run(GetParam(), pfe, inputs).front();  // [1, C, P, 1]
  const std::int64_t channels = features.shape()[1], pillars = features.shape()[2];
  Tensor rows(DType::f32, Shape{pillars, channels});
  for (std::int64_t p = 0; p < pillars; ++p) {
    for (std::int64_t c = 0; c < channels; ++c) {
      rows.as<float>()[p * channels + c] = features.as<float>()[c * pillars + p];
    }
  }
  const std::vector<Tensor> image = run(GetParam(), mfn, {rows, mfn_inputs.read("coords")});
  const std::vector<Tensor> maps = run(GetParam(), rpn, image);
  const testing::NpzFolder expected(folder / "rpn_out.npz");
  const Graph rpn_graph = read_onnx(rpn.string());
  for (std::size_t i = 0; i < maps.size(); ++i) {
    testing::expect_near(expected, rpn_graph.values[rpn_graph.outputs[i]].name, maps[i].view());
  }
}

INSTANTIATE_TEST_SUITE_P(Backends, GoldenPieces, ::testing::ValuesIn(testing::backend_names()),
                         [](const auto& parameter) { return parameter.param; });

}  // namespace
}  // namespace colonnade
