#include "onnx/writer.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <climits>
#include <unordered_set>
#include <utility>

#include "base/file.hpp"
#include "colonnade/error.hpp"
#include "kernels/infer_graph.hpp"
#include "onnx/op_writer.hpp"
#include "onnx/tensor_writer.hpp"
#include "onnx/wire.hpp"

namespace colonnade {
namespace {

/// Softmax of opset 12 and before runs over several dimensions taken as one; later opsets have it
/// over one dimension of a flattened tensor.
Graph without_flattening_softmax(const Graph& graph) {
  Graph result = graph;
  result.nodes.clear();
  for (const Node& node : graph.nodes) {
    const auto* softmax = std::get_if<op::Softmax>(&node.op);
    if (softmax == nullptr || !softmax->flatten) {
      result.nodes.push_back(node);
      continue;
    }
    const ValueId x = node.inputs[0];
    const auto add = [&](const char* part, Op op, std::vector<ValueId> inputs) {
      const ValueId out = result.add_value({});
      result.nodes.push_back(
          {node.name + "/" + part, part, std::move(op), std::move(inputs), {out}});
      return out;
    };
    const ValueId shape = add("shape", op::ShapeOf{}, {x});
    const ValueId rows = add("flatten", op::Flatten{softmax->axis}, {x});
    const ValueId soft = add("softmax", op::Softmax{-1, softmax->log, false}, {rows});
    result.nodes.push_back({node.name, node.onnx_op, op::Reshape{}, {soft, shape}, node.outputs});
  }
  return result;
}

/// A name for each value, none twice: the interface's first, so that users' names stay.
std::vector<std::string> unique_names(const Graph& graph) {
  std::vector<std::string> names(graph.values.size());
  std::unordered_set<std::string> taken;
  const auto name = [&](ValueId id) {
    if (!names[id].empty()) return;
    std::string wanted = graph.values[id].name;
    for (int copy = 0; wanted.empty() || taken.count(wanted) > 0; ++copy) {
      wanted = fmt::format("{}{}value_{}{}", graph.values[id].name,
                           graph.values[id].name.empty() ? "" : "/", id,
                           copy == 0 ? "" : fmt::format("_{}", copy));
    }
    taken.insert(wanted);
    names[id] = std::move(wanted);
  };
  for (const ValueId id : graph.inputs) name(id);
  for (const ValueId id : graph.outputs) name(id);
  for (ValueId id = 0; id < graph.values.size(); ++id) name(id);
  return names;
}

/// Dynamic dimensions get a name of their own: some consumers take one without any for 0.
void declare(const std::string& name, DType dtype, const std::optional<Shape>& shape,
             wire::ValueInfoProto& to) {
  to.set_name(name);
  auto& type = *to.mutable_type()->mutable_tensor_type();
  type.set_elem_type(onnx_type_of(dtype));
  if (!shape) return;
  type.mutable_shape();
  for (std::size_t axis = 0; axis < shape->rank(); ++axis) {
    auto& dim = *type.mutable_shape()->add_dim();
    if ((*shape)[axis] == kUnknownDim)
      dim.set_dim_param(fmt::format("{}.{}", name, axis));
    else
      dim.set_dim_value((*shape)[axis]);
  }
}

/// Outputs that may be left out are the mask of a Dropout and the indices of a MaxPool; others must
/// have a name that nothing reads.
bool may_lack_outputs(const Op& op) {
  return std::holds_alternative<op::Dropout>(op) || std::holds_alternative<op::MaxPool>(op);
}

void write_node(const Node& node, const Graph& graph, const std::vector<std::string>& names,
                std::int64_t opset, wire::NodeProto& to) {
  to.set_name(node.name);
  for (const ValueId id : node.inputs) to.add_input(id == kNoValue ? "" : names[id]);
  for (std::size_t i = 0; i < node.outputs.size(); ++i) {
    const ValueId id = node.outputs[i];
    if (id != kNoValue)
      to.add_output(names[id]);
    else if (!may_lack_outputs(node.op))
      to.add_output(fmt::format("{}/unused_{}", node.name, i));
    else if (i + 1 < node.outputs.size())
      to.add_output("");
  }
  write_op(node, graph, opset, to);
}

/// The oldest that has what the opset has, as ONNX pairs them.
std::int64_t ir_version_of(std::int64_t opset) {
  if (opset <= 18) return 8;
  if (opset <= 20) return 9;
  return opset <= 22 ? 10 : 11;
}

}  // namespace

std::vector<std::byte> write_onnx(const Graph& original) {
  const Graph graph = without_flattening_softmax(original);
  GraphInference inference(graph);
  const InferredGraph& inferred = inference.update();
  const std::vector<std::string> names = unique_names(graph);
  std::int64_t opset = kOldestWrittenOpset;
  std::size_t bytes = 0;
  for (const Node& node : graph.nodes) opset = std::max(opset, opset_needed(node, graph));
  for (const Value& value : graph.values) bytes += value.constant ? value.constant.bytes() : 0;
  if (bytes > INT_MAX) {
    throw Error(ErrorCode::limit,
                fmt::format("the graph has {} bytes of constants, beyond the 2 GiB of an ONNX file",
                            bytes));
  }
  wire::ModelProto model;
  model.set_ir_version(ir_version_of(opset));
  model.set_producer_name("colonnade");
  wire::OperatorSetIdProto& import = *model.add_opset_import();
  import.set_domain("");
  import.set_version(opset);
  wire::GraphProto& to = *model.mutable_graph();
  to.set_name(graph.name.empty() ? "graph" : graph.name);
  for (const ValueId id : graph.inputs) {
    declare(names[id], graph.values[id].dtype, graph.values[id].shape, *to.add_input());
  }
  for (const ValueId id : graph.outputs) {
    declare(names[id], inferred.types[id].dtype, inferred.types[id].shape, *to.add_output());
  }
  std::unordered_set<std::string> read;
  for (const Node& node : graph.nodes) {
    wire::NodeProto& written = *to.add_node();
    write_node(node, graph, names, opset, written);
    read.insert(written.input().begin(), written.input().end());
  }
  for (const ValueId id : graph.outputs) read.insert(names[id]);
  for (ValueId id = 0; id < graph.values.size(); ++id) {
    // A constant whose numbers became an attribute isn't read any more.
    if (!graph.values[id].constant || read.count(names[id]) == 0) continue;
    wire::TensorProto& tensor = *to.add_initializer();
    write_tensor(graph.values[id].constant, tensor);
    tensor.set_name(names[id]);
  }
  std::vector<std::byte> result(model.ByteSizeLong());
  if (result.size() > INT_MAX ||
      !model.SerializeToArray(result.data(), static_cast<int>(result.size()))) {
    throw Error(
        ErrorCode::limit,
        fmt::format("the graph takes {} bytes, beyond the 2 GiB of an ONNX file", result.size()));
  }
  return result;
}

void write_onnx_file(const Graph& graph, const std::string& path) {
  write_file_durably(path, write_onnx(graph));
}

}  // namespace colonnade
