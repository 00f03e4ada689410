#include "model/head_outputs.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "colonnade/error.hpp"
#include "model/pieces.hpp"

namespace colonnade {
namespace {

const Node* producer(const Graph& graph, ValueId value) {
  for (const Node& node : graph.nodes) {
    if (std::find(node.outputs.begin(), node.outputs.end(), value) != node.outputs.end()) {
      return &node;
    }
  }
  return nullptr;
}

/// "dir_cls_preds" holds "cls" too: direction is asked for first.
std::optional<OutputMeaning> meaning_of_name(const std::string& name) {
  const auto holds = [&name](const char* part) { return name.find(part) != std::string::npos; };
  if (holds("dir")) return OutputMeaning::direction;
  if (holds("cls") || holds("score")) return OutputMeaning::class_scores;
  if (holds("box") || holds("reg")) return OutputMeaning::box_codes;
  return std::nullopt;
}

using Meanings = std::vector<OutputMeaning>;

/// The order in which an exporter writes the maps of one head.
Meanings positional_order(Exporter exporter, bool direction) {
  Meanings order = exporter == Exporter::second
                       ? Meanings{OutputMeaning::box_codes, OutputMeaning::class_scores}
                       : Meanings{OutputMeaning::class_scores, OutputMeaning::box_codes};
  if (direction) order.push_back(OutputMeaning::direction);
  return order;
}

bool is_permutation_of(const Meanings& found, const Meanings& expected) {
  return std::is_permutation(found.begin(), found.end(), expected.begin(), expected.end());
}

/// By channel counts, where all are known and tell the maps apart; else nothing.
std::optional<Meanings> by_channels(const std::vector<MapTrace>& traces, const ModelSpec& spec,
                                    const Meanings& expected) {
  Meanings found;
  for (const MapTrace& trace : traces) {
    std::optional<OutputMeaning> only;
    for (const OutputMeaning meaning : expected) {
      if (trace.channels != map_channels(spec, spec.heads[0], meaning)) continue;
      if (only) return std::nullopt;
      only = meaning;
    }
    if (!only) return std::nullopt;
    found.push_back(*only);
  }
  if (!is_permutation_of(found, expected)) return std::nullopt;
  return found;
}

std::optional<Meanings> by_name(const Graph& graph, const Meanings& expected) {
  Meanings found;
  for (const ValueId id : graph.outputs) {
    const std::optional<OutputMeaning> meaning = meaning_of_name(graph.values[id].name);
    if (!meaning) return std::nullopt;
    found.push_back(*meaning);
  }
  if (!is_permutation_of(found, expected)) return std::nullopt;
  return found;
}

void refuse_count(const Graph& graph, const std::string& where, std::size_t expected,
                  const std::string& what) {
  throw Error(ErrorCode::mismatch, where,
              fmt::format("it has {} outputs ({}), expected {}: {}", graph.outputs.size(),
                          describe_values(graph, graph.outputs), expected, what));
}

std::vector<OutputBinding> bind_maps(const Graph& graph, const std::string& where,
                                     Exporter exporter, ModelSpec& spec) {
  const bool direction = spec.post.direction.kind != DirectionKind::none;
  const Meanings expected = positional_order(exporter, direction);
  if (spec.heads.size() != 1 || graph.outputs.size() != expected.size()) {
    refuse_count(graph, where, expected.size() * spec.heads.size(),
                 direction ? "class scores, box codes and directions of each head"
                           : "class scores and box codes of each head");
  }
  std::vector<MapTrace> traces;
  for (const ValueId id : graph.outputs) traces.push_back(trace_map(graph, id));
  const std::optional<Meanings> named = by_name(graph, expected);
  const std::optional<Meanings> counted =
      named ? std::nullopt : by_channels(traces, spec, expected);
  const Meanings& meanings = named ? *named : counted ? *counted : expected;

  std::vector<OutputBinding> bindings;
  for (std::size_t i = 0; i < meanings.size(); ++i) {
    const std::int64_t wanted = map_channels(spec, spec.heads[0], meanings[i]);
    if (traces[i].channels && *traces[i].channels != wanted) {
      throw Error(ErrorCode::mismatch, where,
                  fmt::format("output {} ('{}') has {} channels, expected {} for {} anchors a cell "
                              "and {} classes",
                              i, graph.values[graph.outputs[i]].name, *traces[i].channels, wanted,
                              anchors_a_cell(spec.heads[0]), spec.heads[0].labels.size()));
    }
    if (traces[i].layout) spec.anchor_layout.layout = *traces[i].layout;
    TensorRef tensor;
    if (named) {
      tensor.name = graph.values[graph.outputs[i]].name;
    } else {
      tensor.position = static_cast<std::int64_t>(i);
    }
    bindings.push_back({std::move(tensor), meanings[i], 0});
  }
  return bindings;
}

/// hova88: a class map a head in the order of the heads, then all boxes, decoded.
std::vector<OutputBinding> bind_decoded(const Graph& graph, const std::string& where,
                                        const ModelSpec& spec) {
  if (graph.outputs.size() != spec.heads.size() + 1) {
    refuse_count(graph, where, spec.heads.size() + 1,
                 "class scores of each head, then all decoded boxes");
  }
  std::vector<OutputBinding> bindings;
  for (std::size_t i = 0; i < graph.outputs.size(); ++i) {
    const auto position = static_cast<std::int64_t>(i);
    if (i < spec.heads.size()) {
      bindings.push_back({{{}, position}, OutputMeaning::class_scores, position});
    } else {
      bindings.push_back({{{}, position}, OutputMeaning::decoded_boxes, 0});
    }
  }
  return bindings;
}

}  // namespace

std::int64_t anchors_a_cell(const HeadSpec& head) {
  std::size_t count = 0;
  for (const AnchorSpec& anchor : head.anchors) count += anchor.rotations.size();
  return static_cast<std::int64_t>(count);
}

std::int64_t codes_a_box(const BoxCoding& box) {
  return 7 + (box.sin_cos ? 1 : 0) + (box.velocity ? 2 : 0);
}

std::int64_t map_channels(const ModelSpec& spec, const HeadSpec& head, OutputMeaning meaning) {
  const std::int64_t anchors = anchors_a_cell(head);
  switch (meaning) {
    case OutputMeaning::class_scores:
      return anchors * static_cast<std::int64_t>(head.labels.size());
    case OutputMeaning::box_codes: return anchors * codes_a_box(spec.box);
    case OutputMeaning::direction: return anchors * 2;
    default: throw Error(ErrorCode::internal, "this output has no map channels");
  }
}

MapTrace trace_map(const Graph& graph, ValueId output) {
  MapTrace trace;
  bool transposed = false, reshaped = false;
  for (const Node* node = producer(graph, output); node != nullptr && !node->inputs.empty();
       node = producer(graph, node->inputs[0])) {
    if (std::holds_alternative<op::Conv>(node->op)) {
      const Value& weight = graph.values[node->inputs.at(1)];
      if (weight.shape && weight.shape->rank() == 4) trace.channels = (*weight.shape)[0];
      trace.layout = reshaped ? MapLayout::flat : transposed ? MapLayout::nhwc : MapLayout::nchw;
      return trace;
    }
    const auto* transpose = std::get_if<op::Transpose>(&node->op);
    if (transpose != nullptr && transpose->perm == std::vector<std::int64_t>{0, 2, 3, 1}) {
      transposed = true;
    } else if (std::holds_alternative<op::Reshape>(node->op)) {
      reshaped = true;
    } else if (node->onnx_op != "Identity" && node->onnx_op != "Add") {
      return {};
    }
  }
  return {};
}

std::vector<OutputBinding> bind_heads(const Graph& graph, const std::string& where,
                                      Exporter exporter, ModelSpec& spec) {
  if (exporter == Exporter::hova88) return bind_decoded(graph, where, spec);
  if (exporter == Exporter::zhulf) {
    if (graph.outputs.size() != 1) refuse_count(graph, where, 1, "the decoded detections");
    return {{{{}, 0}, OutputMeaning::detections, 0}};
  }
  return bind_maps(graph, where, exporter, spec);
}

}  // namespace colonnade
