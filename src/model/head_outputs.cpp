#include "model/head_outputs.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

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

/// What one output is.
struct Role {
  OutputMeaning meaning;
  std::size_t head;
  friend bool operator==(const Role&, const Role&) = default;
};
using Roles = std::vector<Role>;

/// Every map of every head, in the order in which the exporter writes them: kind by kind.
Roles exporter_order(Exporter exporter, const ModelSpec& spec) {
  std::vector<OutputMeaning> kinds{OutputMeaning::class_scores, OutputMeaning::box_codes};
  if (exporter == Exporter::second) std::swap(kinds[0], kinds[1]);
  if (spec.post.direction.kind != DirectionKind::none) kinds.push_back(OutputMeaning::direction);
  Roles roles;
  for (const OutputMeaning meaning : kinds) {
    for (std::size_t head = 0; head < spec.heads.size(); ++head) roles.push_back({meaning, head});
  }
  return roles;
}

bool is_permutation_of(const Roles& found, const Roles& expected) {
  return std::is_permutation(found.begin(), found.end(), expected.begin(), expected.end());
}

/// By name, where every output's tells; the heads of one kind in the order of the outputs.
std::optional<Roles> by_name(const Graph& graph, const Roles& expected) {
  Roles found;
  for (const ValueId id : graph.outputs) {
    const std::optional<OutputMeaning> meaning = meaning_of_name(graph.values[id].name);
    if (!meaning) return std::nullopt;
    const auto before = std::count_if(found.begin(), found.end(), [&meaning](const Role& role) {
      return role.meaning == *meaning;
    });
    found.push_back({*meaning, static_cast<std::size_t>(before)});
  }
  if (!is_permutation_of(found, expected)) return std::nullopt;
  return found;
}

/// By channel counts, where all are known and tell the kinds of maps apart; heads in order.
std::optional<Roles> by_channels(const std::vector<MapTrace>& traces, const ModelSpec& spec,
                                 const Roles& expected) {
  Roles found;
  for (const MapTrace& trace : traces) {
    std::optional<Role> only;
    for (const Role& role : expected) {
      const bool fits = trace.channels == map_channels(spec, spec.heads[role.head], role.meaning) &&
                        std::find(found.begin(), found.end(), role) == found.end();
      if (!fits || (only && only->meaning == role.meaning)) continue;
      if (only) return std::nullopt;
      only = role;
    }
    if (!only) return std::nullopt;
    found.push_back(*only);
  }
  return found;
}

[[noreturn]] void refuse_count(const Graph& graph, const std::string& where, std::size_t expected,
                               const std::string& what) {
  throw Error(ErrorCode::mismatch, where,
              fmt::format("it has {} outputs ({}), expected {}: {}", graph.outputs.size(),
                          describe_values(graph, graph.outputs), expected, what));
}

std::vector<OutputBinding> bind_maps(const Graph& graph, const std::string& where,
                                     Exporter exporter, ModelSpec& spec) {
  const Roles expected = exporter_order(exporter, spec);
  if (graph.outputs.size() != expected.size()) {
    refuse_count(graph, where, expected.size(),
                 spec.post.direction.kind == DirectionKind::none
                     ? "class scores and box codes of each head"
                     : "class scores, box codes and directions of each head");
  }
  std::vector<MapTrace> traces;
  for (const ValueId id : graph.outputs) traces.push_back(trace_map(graph, id));
  const std::optional<Roles> named = by_name(graph, expected);
  const std::optional<Roles> counted = named ? std::nullopt : by_channels(traces, spec, expected);
  const Roles& roles = named ? *named : counted ? *counted : expected;

  std::vector<OutputBinding> bindings;
  for (std::size_t i = 0; i < roles.size(); ++i) {
    const HeadSpec& head = spec.heads[roles[i].head];
    const std::int64_t wanted = map_channels(spec, head, roles[i].meaning);
    const std::string& name = graph.values[graph.outputs[i]].name;
    if (traces[i].channels && *traces[i].channels != wanted) {
      throw Error(ErrorCode::mismatch, where,
                  fmt::format("output {} ('{}') has {} channels, expected {} for {} anchors a cell "
                              "and {} classes",
                              i, name, *traces[i].channels, wanted, anchors_a_cell(head),
                              head.labels.size()));
    }
    if (traces[i].layout) spec.anchor_layout.layout = *traces[i].layout;
    const TensorRef tensor =
        named ? TensorRef{name, -1} : TensorRef{{}, static_cast<std::int64_t>(i)};
    bindings.push_back({tensor, roles[i].meaning, static_cast<std::int64_t>(roles[i].head)});
  }
  return bindings;
}

/// hova88: a class map a head in the order of the heads, then all boxes, decoded.
std::vector<OutputBinding> bind_decoded(const Graph& graph, ModelSpec& spec) {
  spec.box.sin_cos = false;  // The graph has made one yaw of them.
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
  if (exporter == Exporter::hova88 && graph.outputs.size() == spec.heads.size() + 1) {
    return bind_decoded(graph, spec);
  }
  if (exporter == Exporter::zhulf) {
    if (graph.outputs.size() != 1) refuse_count(graph, where, 1, "the decoded detections");
    return {{{{}, 0}, OutputMeaning::detections, 0}};
  }
  return bind_maps(graph, where, exporter, spec);
}

}  // namespace colonnade
