#include "plan/describe.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <optional>

#include "kernels/cost.hpp"
#include "kernels/infer_graph.hpp"
#include "passes/fold_constants.hpp"
#include "plan/find_scatter.hpp"
#include "plan/pfn_layer.hpp"
#include "plan/subgraph.hpp"

namespace colonnade {
namespace {

std::string text_of(const std::optional<Shape>& shape) {
  return shape ? shape->to_string() : "?";
}

/// 2 x multiply-adds of a convolution or matrix product; 0 for other operators; nothing if unknown.
std::optional<double> flops_of(const Node& node, const InferredGraph& types) {
  std::vector<TypeInfo> inputs, outputs;
  for (const ValueId id : node.inputs) {
    inputs.push_back(id == kNoValue ? TypeInfo{DType::f32, {}, {}, false} : types.types[id]);
  }
  for (const ValueId id : node.outputs) {
    outputs.push_back(id == kNoValue ? TypeInfo{DType::f32, {}, {}, false} : types.types[id]);
  }
  const std::optional<double> products = multiply_adds(node, inputs, outputs);
  return products ? std::optional(2 * *products) : std::nullopt;
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

/// detect then tries to do without features and free slots (find_linear_pfn).
std::string layers_of(const Graph& pfn) {
  try {
    find_pfn_layer(fold_constants(pfn));
    return "one linear layer";
  } catch (const NotLinear& reason) {
    return "not one linear layer: " + reason.why;
  }
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
        found ? fmt::format("{} nodes, features {}, {}", part.nodes.size(),
                            text_of(types.types[features].shape), layers_of(part))
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
  double total = 0;
  for (const Node& node : graph.nodes) {
    ++d.ops[std::string(name_of(node.op))];
    const auto flops = flops_of(node, types);
    if (flops)
      total += *flops;
    else
      ++d.unknown_flops;
  }
  d.flops = static_cast<std::int64_t>(std::min(total, 0x1p62));  // A file may claim any dims.
  describe_parts(graph, types, d);
  return d;
}

}  // namespace colonnade
