#include "backends/reference/evaluator.hpp"

#include <utility>

#include "graph/bind_inputs.hpp"
#include "kernels/run_node.hpp"

namespace colonnade {
namespace {

constexpr std::size_t kNever = 0;
constexpr std::size_t kForever = SIZE_MAX;

/// For each value one more than the position of its last reader; kForever for graph outputs.
std::vector<std::size_t> last_readers(const Graph& graph) {
  std::vector<std::size_t> last(graph.values.size(), kNever);
  for (std::size_t n = 0; n < graph.nodes.size(); ++n) {
    for (const ValueId id : graph.nodes[n].inputs) {
      if (id != kNoValue) last[id] = n + 1;
    }
  }
  for (const ValueId id : graph.outputs) last[id] = kForever;
  return last;
}

/// The values of one evaluation: what is there to be read, and the tensors that own it.
class Values {
 public:
  Values(const Graph& graph, std::span<const ConstTensorView> inputs)
      : owned_(graph.values.size()),
        computed_(graph.values.size(), 0),
        views_(graph.values.size(), absent()) {
    for (std::size_t id = 0; id < graph.values.size(); ++id) {
      if (graph.values[id].constant) set(static_cast<ValueId>(id), graph.values[id].constant);
    }
    for (std::size_t i = 0; i < inputs.size(); ++i) views_[graph.inputs[i]] = inputs[i];
  }

  ConstTensorView operator[](ValueId id) const { return id == kNoValue ? absent() : views_[id]; }

  void set(ValueId id, Tensor tensor) {
    views_[id] = std::as_const(tensor).view();
    owned_[id] = std::move(tensor);
  }

  /// What was computed; constants are the graph's.
  void keep(ValueId id, Tensor tensor, Budget& budget) {
    budget.hold(static_cast<double>(tensor.bytes()));
    set(id, std::move(tensor));
    computed_[id] = 1;
  }

  void free(ValueId id, Budget& budget) {
    if (std::exchange(computed_[id], 0) != 0) {
      budget.hold(-static_cast<double>(owned_[id].bytes()));
    }
    owned_[id] = Tensor();
    views_[id] = absent();
  }

  /// As an owner: a graph input that is an output as well is copied.
  Tensor take(ValueId id) const {
    if (owned_[id] || !views_[id].present) return owned_[id];
    const ConstTensorView& view = views_[id];
    const Tensor borrowed(view.dtype, view.shape, nullptr, const_cast<void*>(view.data));
    return borrowed.clone();
  }

 private:
  static ConstTensorView absent() {
    ConstTensorView view;
    view.present = false;
    return view;
  }

  std::vector<Tensor> owned_;
  std::vector<char> computed_;
  std::vector<ConstTensorView> views_;
};

void check_inputs(const Graph& graph, std::span<const ConstTensorView> inputs) {
  check_input_count(graph, inputs.size());
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    check_input(graph.values[graph.inputs[i]], inputs[i].dtype, inputs[i].shape);
  }
}

}  // namespace

std::vector<Tensor> evaluate(const Graph& graph, std::span<const ConstTensorView> inputs,
                             const Tap& tap, const RunLimits& limits) {
  check_inputs(graph, inputs);
  const std::vector<std::size_t> last = last_readers(graph);
  Values values(graph, inputs);
  Budget budget(limits);
  for (std::size_t n = 0; n < graph.nodes.size(); ++n) {
    const Node& node = graph.nodes[n];
    std::vector<ConstTensorView> read;
    for (const ValueId id : node.inputs) read.push_back(values[id]);
    std::vector<Tensor> written = run_node(node, read, &budget);
    for (std::size_t i = 0; i < written.size(); ++i) {
      if (node.outputs[i] != kNoValue) values.keep(node.outputs[i], std::move(written[i]), budget);
    }
    if (tap) {
      std::vector<ConstTensorView> seen;
      for (const ValueId id : node.outputs) seen.push_back(values[id]);
      tap(node, seen);
    }
    for (const auto* ids : {&node.inputs, &node.outputs}) {
      for (const ValueId id : *ids) {
        if (id != kNoValue && last[id] <= n + 1) values.free(id, budget);
      }
    }
  }
  std::vector<Tensor> outputs;
  for (const ValueId id : graph.outputs) outputs.push_back(values.take(id));
  return outputs;
}

}  // namespace colonnade
