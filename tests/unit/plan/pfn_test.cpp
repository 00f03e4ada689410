#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <vector>

#include "backends/reference/evaluator.hpp"
#include "base/random.hpp"
#include "colonnade/model.hpp"
#include "onnx/reader.hpp"
#include "plan/plan.hpp"
#include "plan/subgraph.hpp"
#include "sample/demo_model.hpp"
#include "temporary_folder.hpp"

namespace colonnade {
namespace {

Tensor first_rows(const Tensor& all, std::int64_t count) {
  Shape shape = all.shape();
  shape[0] = count;
  Tensor rows(all.dtype(), shape);
  std::copy_n(all.as<float>(), rows.elements(), rows.as<float>());
  return rows;
}

// NVIDIA's exports hold 10,000 pillars in two Reshapes; a frame has a third of them.
TEST(PfnRegion, OfAStaticExportRunsInChunksWithTheSameBits) {
  const testing::TemporaryFolder folder;
  const ModelSpec spec =
      read_model_yaml(sample::write_demo_model(folder.path().string(), 1, sample::kSmall));
  const Graph graph = read_onnx(folder.file("pointpillar.onnx"));
  const Plan plan = make_plan(spec, {graph});
  const std::int64_t all = sample::kSmall.pillars, chunk = plan.pfn.chunk;
  ASSERT_LT(chunk, all) << plan.pfn.note;
  ASSERT_EQ(plan.pfn.graph.inputs.size(), 1U);

  Tensor voxels(DType::f32, {all, spec.pillars.max_points, 10});
  Random random(1);
  for (std::size_t i = 0; i < voxels.elements(); ++i) {
    voxels.as<float>()[i] = static_cast<float>(random.normal());
  }
  const auto node = std::find_if(graph.nodes.begin(), graph.nodes.end(),
                                 [](const Node& n) { return n.name == "pillar_features"; });
  ASSERT_NE(node, graph.nodes.end());
  const Graph whole =
      extract_subgraph(graph, std::vector<ValueId>{graph.inputs[0]}, node->outputs, "PFN");
  const auto run = [](const Graph& pfn, const Tensor& input) {
    const ConstTensorView view = input.view();
    return evaluate(pfn, {&view, 1}).front();
  };
  const Tensor expected = run(whole, voxels);
  const Tensor found = run(plan.pfn.graph, first_rows(voxels, chunk));
  ASSERT_EQ(found.shape().to_string(), Shape({chunk, plan.pfn.channels}).to_string());
  EXPECT_EQ(std::memcmp(found.data(), expected.data(), found.bytes()), 0);
}

}  // namespace
}  // namespace colonnade
