#include "tensorrt/scattered_rpn.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include "colonnade/error.hpp"

namespace colonnade {
namespace {

ValueId list(Graph& graph, std::vector<std::int64_t> values) {
  return graph.add_constant("", Tensor::of<std::int64_t>({static_cast<std::int64_t>(values.size())},
                                                         std::span<const std::int64_t>(values)));
}

}  // namespace

std::string scattered_output(std::size_t position) {
  return fmt::format("output_{}", position);
}

Graph scattered_rpn(const Graph& rpn) {
  const ValueId image = rpn.inputs.empty() ? kNoValue : rpn.inputs[0];
  const bool is_image = rpn.inputs.size() == 1 && rpn.values[image].shape &&
                        rpn.values[image].shape->rank() == 4 &&
                        rpn.values[image].shape->is_static();
  if (!is_image) throw Error(ErrorCode::mismatch, "the RPN takes no static BEV image [1,C,H,W]");
  Graph graph = rpn;
  const Shape shape = *graph.values[image].shape;
  const std::int64_t channels = shape[1], cells = shape[2] * shape[3];
  const ValueId features =
      graph.add_value({kPillarFeatures, DType::f32, Shape{kUnknownDim, channels}, {}});
  const ValueId rows = graph.add_value({kPillarRows, DType::i32, Shape{kUnknownDim, 1}, {}});
  std::vector<Node> nodes;
  const auto add = [&](const char* name, const char* onnx_op, Op op, std::vector<ValueId> inputs,
                       ValueId output) {
    nodes.push_back(
        {fmt::format("scatter/{}", name), onnx_op, std::move(op), std::move(inputs), {output}});
    return output;
  };
  const auto value = [&](const char* name) {
    return graph.add_value({fmt::format("scatter/{}", name), DType::f32, {}, {}});
  };
  const ValueId canvas =
      add("canvas", "ConstantOfShape", op::ConstantOfShape{Tensor::of<float>({1}, {0})},
          {list(graph, {cells, channels})}, value("canvas"));
  const ValueId index = add("index", "Cast", op::Cast{DType::i64}, {rows},
                            graph.add_value({"scatter/index", DType::i64, {}, {}}));
  const ValueId scattered =
      add("rows", "ScatterND", op::ScatterND{}, {canvas, index, features}, value("rows"));
  const ValueId planes =
      add("planes", "Transpose", op::Transpose{{1, 0}}, {scattered}, value("planes"));
  add("image", "Reshape", op::Reshape{}, {planes, list(graph, {1, channels, shape[2], shape[3]})},
      image);
  graph.nodes.insert(graph.nodes.begin(), nodes.begin(), nodes.end());
  graph.inputs = {features, rows};
  for (std::size_t k = 0; k < graph.outputs.size(); ++k) {
    const auto begin = graph.outputs.begin();
    if (std::find(begin, begin + static_cast<std::ptrdiff_t>(k), graph.outputs[k]) !=
        begin + static_cast<std::ptrdiff_t>(k)) {
      throw Error(ErrorCode::mismatch, fmt::format("the RPN's output '{}' is there twice",
                                                   rpn.values[rpn.outputs[k]].name));
    }
    graph.values[graph.outputs[k]].name = scattered_output(k);
  }
  return graph;
}

}  // namespace colonnade
