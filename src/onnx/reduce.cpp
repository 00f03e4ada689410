// Reductions, sorting and softmax.
#include "onnx/builders.hpp"

namespace colonnade {
namespace {

// Opset 17 and before (ReduceSum: 12): axes are an attribute.
template <op::ReduceKind kind>
void reduce(NodeContext& node) {
  const ValueId axes = node.input_or_integers(1, "axes");
  node.emit(op::Reduce{kind, node.flag("keepdims", true), node.flag("noop_with_empty_axes", false)},
            {node.input(0), axes});
}

template <bool max>
void arg_reduce(NodeContext& node) {
  node.emit(op::ArgReduce{max, node.integer("axis", 0), node.flag("keepdims", true),
                          node.flag("select_last_index", false)});
}

// Opset 9 and before: k is an attribute.
void top_k(NodeContext& node) {
  const ValueId k = node.input_or_integers(1, "k");
  node.emit(
      op::TopK{node.integer("axis", -1), node.flag("largest", true), node.flag("sorted", true)},
      {node.input(0), k});
}

// Before opset 13 softmax runs over all dimensions from `axis` on, taken as one.
template <bool log>
void softmax(NodeContext& node) {
  const bool flatten = node.opset() < 13;
  node.emit(op::Softmax{node.integer("axis", flatten ? 1 : -1), log, flatten});
}

void cum_sum(NodeContext& node) {
  node.emit(op::CumSum{node.flag("exclusive", false), node.flag("reverse", false)});
}

constexpr OpBuilder kBuilders[] = {
    {"ReduceMax", reduce<op::ReduceKind::max>},
    {"ReduceMin", reduce<op::ReduceKind::min>},
    {"ReduceSum", reduce<op::ReduceKind::sum>},
    {"ReduceMean", reduce<op::ReduceKind::mean>},
    {"ReduceProd", reduce<op::ReduceKind::prod>},
    {"ReduceL1", reduce<op::ReduceKind::l1>},
    {"ReduceL2", reduce<op::ReduceKind::l2>},
    {"ReduceSumSquare", reduce<op::ReduceKind::sum_square>},
    {"ReduceLogSum", reduce<op::ReduceKind::log_sum>},
    {"ReduceLogSumExp", reduce<op::ReduceKind::log_sum_exp>},
    {"ArgMax", arg_reduce<true>},
    {"ArgMin", arg_reduce<false>},
    {"TopK", top_k},
    {"Softmax", softmax<false>},
    {"LogSoftmax", softmax<true>},
    {"CumSum", cum_sum},
};

}  // namespace

OpBuilders reduce_builders() noexcept {
  return kBuilders;
}

}  // namespace colonnade
