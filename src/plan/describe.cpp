#include "plan/describe.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <optional>

#include "kernels/infer_graph.hpp"
#include "plan/find_scatter.hpp"
#include "plan/subgraph.hpp"

namespace colonnade {
namespace {

std::string text_of(const std::optional<Shape>& shape) {
  return shape ? shape->to_string() : "?";
}

/// 2 x multiply-adds of a convolution or matrix product; 0 for other operators; nothing if unknown.
std::optional<std::int64_t> flops_of(const Node& node, const InferredGraph& types) {
  const auto shape_of = [&](ValueId id) { return types.types[id].shape; };
  const bool conv = std::holds_alternative<op::Conv>(node.op);
  const bool transposed = std::holds_alternative<op::ConvTranspose>(node.op);
  const bool product =
      std::holds_alternative<op::MatMul>(node.op) || std::holds_alternative<op::Gemm>(node.op);
  if (!conv && !transposed && !product) return 0;
  const auto a = shape_of(node.inputs[0]), b = shape_of(node.inputs[1]),
             out = shape_of(node.outputs[0]);
  if (!a || !b || !out || !a->is_static() || !b->is_static() || !out->is_static()) {
    return std::nullopt;
  }
  if (conv) return 2 * out->elements() * b->elements(1, b->rank());
  if (transposed) return 2 * a->elements() * b->elements(1, b->rank());
  const auto* gemm = std::get_if<op::Gemm>(&node.op);
  const std::size_t inner = gemm != nullptr && gemm->trans_a ? 0 : a->rank() - 1;
  return 2 * out->elements() * (*a)[inner];
}

std::int64_t count_convolutions(const Graph& graph) {
  return std::count_if(graph.nodes.begin(), graph.nodes.end(), [](const Node& node) {
    return std::holds_alternative<op::Conv>(node.op) ||
           std::holds_alternative<op::ConvTranspose>(node.op);
  });
}

/// Whether a maximum over points, or SmallMunich's convolution over the slots, ends the features.
bool reduces_points(const Graph& graph) {
  return std::any_of(graph.nodes.begin(), graph.nodes.end(), [](const Node& node) {
    if (const auto* reduce = std::get_if<op::Reduce>(&node.op)) {
      return reduce->kind == op::ReduceKind::max;
    }
    if (std::holds_alternative<op::MaxPool>(node.op)) return true;
    const auto* conv = std::get_if<op::Conv>(&node.op);
    return conv != nullptr && conv->window.kernel.size() == 2 && conv->window.kernel[0] == 1 &&
           conv->window.kernel[1] > 1;
  });
}

std::string list_outputs(const GraphDescription& d) {
  std::string text;
  for (const TensorDescription& output : d.outputs) {
    text += fmt::format("{}'{}' {}", text.empty() ? "" : ", ", output.name, output.shape);
  }
  return text;
}

/// The value that a backbone starts from: the scatter's image, or an input of four dimensions.
void describe_parts(const Graph& graph, const InferredGraph& types, GraphDescription& d) {
  const auto add = [&](const char* name, bool found, const std::string& detail) {
    d.parts.push_back({name, found, detail});
  };
  std::string why_not;
  const auto site = find_scatter(graph, why_not);
  ValueId image = kNoValue, features = kNoValue;
  if (site) {
    image = site->image;
    features = site->features;
  } else {
    for (const ValueId id : graph.inputs) {
      const auto& shape = types.types[id].shape;
      if (graph.inputs.size() == 1 && shape && shape->rank() == 4 &&
          count_convolutions(graph) > 3) {
        image = id;
      }
    }
    if (image == kNoValue && graph.outputs.size() == 1) features = graph.outputs[0];
  }

  const auto producer = producers(graph);
  if (features == kNoValue) {
    add("PFN", false, "the graph starts from an image");
  } else if (producer[features] < 0) {
    add("PFN", false, fmt::format("features come from input '{}'", graph.values[features].name));
  } else {
    const Graph part = extract_subgraph(graph, graph.inputs, std::vector<ValueId>{features}, "PFN");
    const bool found = reduces_points(part);
    add("PFN", found,
        found ? fmt::format("{} nodes, features {}", part.nodes.size(),
                            text_of(types.types[features].shape))
              : "no maximum (or convolution) over a pillar's points was found");
  }

  if (site) {
    add("scatter", true,
        fmt::format("'{}', image {}", site->node, text_of(types.types[image].shape)));
  } else {
    add("scatter", false, why_not);
  }

  if (image == kNoValue || (site && graph.outputs.size() == 1 && graph.outputs[0] == image)) {
    const char* reason =
        image == kNoValue ? "no image to start from" : "the graph ends with the image";
    add("backbone", false, reason);
    add("heads", false, reason);
    return;
  }
  Graph rest;
  try {
    rest = extract_subgraph(graph, std::vector<ValueId>{image}, graph.outputs, "backbone");
  } catch (const Error& error) {
    add("backbone", false, error.what());
    add("heads", false, "no backbone");
    return;
  }
  const std::int64_t convolutions = count_convolutions(rest);
  add("backbone", convolutions > 0,
      convolutions > 0 ? fmt::format("{} convolutions after the image", convolutions)
                       : std::string("no convolution after the image"));
  add("heads", convolutions > 0, list_outputs(d));
}

}  // namespace

GraphDescription describe(const Graph& graph, std::span<const Shape> input_shapes) {
  const InferredGraph types = infer_graph(graph, input_shapes);
  GraphDescription d;
  const auto tensor = [&](ValueId id) {
    return TensorDescription{graph.values[id].name, types.types[id].dtype,
                             text_of(types.types[id].shape)};
  };
  for (const ValueId id : graph.inputs) d.inputs.push_back(tensor(id));
  for (const ValueId id : graph.outputs) d.outputs.push_back(tensor(id));
  for (const Value& value : graph.values) {
    if (!value.constant) continue;
    d.parameter_bytes += static_cast<std::int64_t>(value.constant.bytes());
    if (is_floating(value.dtype))
      d.parameters += static_cast<std::int64_t>(value.constant.elements());
  }
  for (const Node& node : graph.nodes) {
    ++d.ops[std::string(name_of(node.op))];
    const auto flops = flops_of(node, types);
    if (flops)
      d.flops += *flops;
    else
      ++d.unknown_flops;
  }
  describe_parts(graph, types, d);
  return d;
}

}  // namespace colonnade
