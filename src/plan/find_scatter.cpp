#include "plan/find_scatter.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <optional>

#include "plan/subgraph.hpp"

namespace colonnade {
namespace {

template <typename... Ops>
bool is_any(const Op& op) {
  return (std::holds_alternative<Ops>(op) || ...);
}

/// Moves elements without changing them or depending on other inputs' values.
bool is_layout(const Op& op) {
  if (const auto* unary = std::get_if<op::Unary>(&op))
    return unary->kind == op::UnaryKind::identity;
  return is_any<op::Transpose, op::Reshape, op::Squeeze, op::Unsqueeze, op::Flatten, op::Cast>(op);
}

class Finder {
 public:
  explicit Finder(const Graph& graph)
      : graph_(graph), producer_(producers(graph)), readers_(graph.values.size()) {
    for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
      for (const ValueId id : graph.nodes[i].inputs) {
        if (id != kNoValue) readers_[id].push_back(i);
      }
    }
  }

  std::optional<ScatterSite> find(std::string& why_not) {
    why_not = "no Scatter, ScatterElements, ScatterND or pillar scatter plugin";
    for (const Node& node : graph_.nodes) {
      const bool plugin = is_any<op::PillarScatter>(node.op);
      if (!plugin && !is_any<op::ScatterElements, op::ScatterND>(node.op)) continue;
      ValueId updates = kNoValue;
      std::vector<ValueId> placing;
      if (plugin) {
        updates = node.inputs[0];
        placing.assign(node.inputs.begin() + 1, node.inputs.end());
      } else {
        if (!graph_inputs_of(node.inputs[0]).empty()) {
          why_not = fmt::format("{} '{}' overwrites a computed tensor, not a constant canvas",
                                node.onnx_op, node.name);
          continue;
        }
        updates = node.inputs[2];
        placing = {node.inputs[1]};
      }
      ScatterSite site;
      site.node = node.name;
      site.features = before_layout(updates);
      if (depends_on(placing, site.features)) {
        why_not =
            fmt::format("the indices of {} '{}' depend on the features", node.onnx_op, node.name);
        continue;
      }
      site.image = after_layout(node.outputs[0]);
      for (const ValueId id : placing) {
        for (const ValueId input : graph_inputs_of(id, site.features)) {
          add_unique(site.index_inputs, input);
        }
      }
      // Reshapes on the way may take their shape from the inputs too.
      for (const ValueId input : graph_inputs_of(site.image, site.features)) {
        add_unique(site.index_inputs, input);
      }
      return site;
    }
    return std::nullopt;
  }

 private:
  static void add_unique(std::vector<ValueId>& ids, ValueId id) {
    if (std::find(ids.begin(), ids.end(), id) == ids.end()) ids.push_back(id);
  }

  const Node* writer(ValueId id) const {
    return producer_[id] < 0 ? nullptr : &graph_.nodes[static_cast<std::size_t>(producer_[id])];
  }

  /// Graph inputs that `id` is computed from, not looking past `stop`.
  std::vector<ValueId> graph_inputs_of(ValueId id, ValueId stop = kNoValue) const {
    std::vector<ValueId> result;
    visit_ancestors(id, stop, [&](ValueId v) {
      if (producer_[v] < 0 && !graph_.values[v].constant) add_unique(result, v);
      return false;
    });
    return result;
  }

  bool depends_on(const std::vector<ValueId>& ids, ValueId wanted) const {
    // A graph input may legitimately feed both sides (coords feed the PFN's centre offsets too).
    if (writer(wanted) == nullptr) return std::find(ids.begin(), ids.end(), wanted) != ids.end();
    return std::any_of(ids.begin(), ids.end(), [&](ValueId id) {
      return visit_ancestors(id, kNoValue, [&](ValueId v) { return v == wanted; });
    });
  }

  template <typename F>
  bool visit_ancestors(ValueId start, ValueId stop, F&& found) const {
    std::vector<bool> seen(graph_.values.size(), false);
    std::vector<ValueId> open{start};
    while (!open.empty()) {
      const ValueId id = open.back();
      open.pop_back();
      if (id == kNoValue || seen[id] || id == stop) continue;
      seen[id] = true;
      if (found(id)) return true;
      // A shape isn't data: exporters expand their indices to the features' shape.
      if (const Node* node = writer(id);
          node != nullptr && !is_any<op::ShapeOf, op::Size>(node->op)) {
        open.insert(open.end(), node->inputs.begin(), node->inputs.end());
      }
    }
    return false;
  }

  ValueId before_layout(ValueId id) const {
    for (const Node* node = writer(id); node != nullptr && is_layout(node->op); node = writer(id)) {
      id = node->inputs[0];
    }
    return id;
  }

  /// `convert` scatters what a plugin drops into a row of its own, and cuts that off.
  bool is_fixed_slice(const Node& node) const {
    return is_any<op::Slice>(node.op) &&
           std::all_of(node.inputs.begin() + 1, node.inputs.end(),
                       [&](ValueId id) { return id == kNoValue || graph_.values[id].constant; });
  }

  /// Follows the canvas to the last of the reshapes: a batch of one is stacked with Concat or
  /// Unsqueeze before its image takes four dimensions.
  ValueId after_layout(ValueId id) const {
    for (;;) {
      if (readers_[id].size() != 1) return id;
      const Node& node = graph_.nodes[readers_[id][0]];
      const bool single_concat = is_any<op::Concat>(node.op) && node.inputs.size() == 1;
      const bool passes = is_layout(node.op) || single_concat || is_fixed_slice(node);
      if (!passes || node.inputs[0] != id) return id;
      id = node.outputs[0];
    }
  }

  const Graph& graph_;
  std::vector<std::int64_t> producer_;
  std::vector<std::vector<std::size_t>> readers_;
};

}  // namespace

std::optional<ScatterSite> find_scatter(const Graph& graph, std::string& why_not) {
  return Finder(graph).find(why_not);
}

}  // namespace colonnade
