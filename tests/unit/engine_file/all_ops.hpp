// A graph that holds every operator, with members that are no default's where they may be.
#pragma once

#include <utility>
#include <vector>

#include "graph/arity.hpp"
#include "graph/enum_ends.hpp"
#include "graph/members.hpp"
#include "test_graph.hpp"

namespace colonnade::testing {

/// Sets each member to something that tells members apart.
class Filler {
 public:
  template <typename T>
  void fill(T& value) {
    ++count_;
    if constexpr (std::is_same_v<T, bool>) {
      value = !value;
    } else if constexpr (std::is_enum_v<T>) {
      value = kLast<T>;
    } else if constexpr (std::is_arithmetic_v<T>) {
      value = static_cast<T>(count_);
    } else if constexpr (std::is_same_v<T, std::string>) {
      value = "ij,jk->ik";
    } else if constexpr (std::is_same_v<T, std::vector<std::int64_t>>) {
      value = {count_, count_ + 1};
    } else if constexpr (std::is_same_v<T, Tensor>) {
      value = Tensor::of<std::int64_t>({1}, {count_});
    } else {
      for_each_member(value, [&](auto& member) { fill(member); });
    }
  }

 private:
  std::int64_t count_ = 0;
};

template <std::size_t... I>
std::vector<Op> every_op(std::index_sequence<I...>) {
  std::vector<Op> ops;
  Filler filler;
  const auto add = [&](auto one) {
    filler.fill(one);
    ops.push_back(std::move(one));
  };
  (add(std::variant_alternative_t<I, Op>{}), ...);
  return ops;
}

/// Verified, but not to be run.
inline Graph graph_of_every_op() {
  Graph graph;
  graph.name = "every operator";
  const ValueId input = add_input(graph, "x", DType::f32, Shape{1, kUnknownDim});
  const ValueId weights = graph.add_constant("w", Tensor::of<float>({2, 2}, {1, 2, 3, 4}));
  for (const Op& op : every_op(std::make_index_sequence<std::variant_size_v<Op>>())) {
    std::vector<ValueId> inputs(arity_of(op).min_inputs, input);
    inputs.back() = weights;
    graph.outputs.push_back(add_node(graph, op, inputs, std::string(name_of(op))));
  }
  return graph;
}

}  // namespace colonnade::testing
