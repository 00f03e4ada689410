// Every graph of tests/golden on every backend against what PyTorch answered.
#include <gtest/gtest.h>

#include <memory>
#include <tuple>
#include <vector>

#include "models.hpp"

namespace colonnade {
namespace {

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

}  // namespace
}  // namespace colonnade
