// Real exports, where the machine has them: every one is read, and its interface is the file's.
#include <gtest/gtest.h>

#include <filesystem>
#include <vector>

#include "fixtures.hpp"
#include "onnx/reader.hpp"

namespace colonnade {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> onnx_files(const fs::path& root) {
  std::vector<fs::path> files;
  std::error_code failure;
  for (const auto& entry : fs::recursive_directory_iterator(root, failure)) {
    if (entry.path().extension() == ".onnx") files.push_back(entry.path());
  }
  return files;
}

std::size_t count_of(const Graph& graph, std::string_view op) {
  std::size_t count = 0;
  for (const Node& node : graph.nodes) count += name_of(node.op) == op ? 1 : 0;
  return count;
}

TEST(Exports, AllAreRead) {
  std::vector<fs::path> files = onnx_files(testing::fixtures().value_or(fs::path()));
  const fs::path shared = fs::path(COLONNADE_SOURCE_DIR) / ".." / "shared" / "data" / "onnx";
  for (const fs::path& file : onnx_files(shared)) files.push_back(file);
  if (files.empty()) GTEST_SKIP() << "no real exports here; set COLONNADE_FIXTURES";
  for (const fs::path& file : files) {
    SCOPED_TRACE(file.filename().string());
    Graph graph;
    ASSERT_NO_THROW(graph = read_onnx(file.string()));
    EXPECT_FALSE(graph.inputs.empty());
    EXPECT_FALSE(graph.outputs.empty());
    EXPECT_FALSE(to_text(graph).empty());
  }
}

// SmallMunich: nameless nodes, Scatter of opset 9, a 55 MB canvas as Constant node.
TEST(Exports, SmallMunichScatterIsScatterElements) {
  COLONNADE_SKIP_WITHOUT_FIXTURES();
  const fs::path file = *testing::fixtures() / "a" / "mfn_dynamic.onnx";
  const Graph graph = read_onnx(file.string());
  EXPECT_EQ(count_of(graph, "ScatterElements"), 1u);
  ASSERT_EQ(graph.inputs.size(), 2u);
  EXPECT_EQ(graph.values[graph.inputs[1]].dtype, DType::i32);
  EXPECT_EQ(graph.values[graph.inputs[0]].shape, (Shape{kUnknownDim, 64}));
}

// NVIDIA: keepdims stored as INTS [0], dense_shape [496, 432].
TEST(Exports, CudaPointPillarsScatterPluginIsNative) {
  COLONNADE_SKIP_WITHOUT_FIXTURES();
  const fs::path file = *testing::fixtures() / "c" / "pointpillar.onnx";
  const Graph graph = read_onnx(file.string());
  for (const Node& node : graph.nodes) {
    if (const auto* reduce = std::get_if<op::Reduce>(&node.op)) {
      EXPECT_FALSE(reduce->keep_dims);
    }
    if (const auto* scatter = std::get_if<op::PillarScatter>(&node.op)) {
      EXPECT_EQ(scatter->height, 496);
      EXPECT_EQ(scatter->width, 432);
    }
  }
  EXPECT_EQ(count_of(graph, "PillarScatter"), 1u);
  ASSERT_EQ(graph.outputs.size(), 3u);
  EXPECT_EQ(graph.values[graph.outputs[0]].name, "cls_preds");
}

}  // namespace
}  // namespace colonnade
