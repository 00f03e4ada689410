// Graph -> steps: one file a family of operators.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "backends/cpu/links.hpp"
#include "backends/cpu/operands.hpp"
#include "backends/cpu/plan.hpp"
#include "backends/cpu/weight_store.hpp"

namespace colonnade::cpu {

/// Steps in the graph's order, buffers without places.
Plan lower(const Graph& graph, WeightStore& weights, const PlanOptions& options);

/// What the lowering of one graph knows so far. Each `lower_*` returns false, having done nothing,
/// where its fast form doesn't fit; the reference kernel then takes the node.
class Lowering {
 public:
  Lowering(const Graph& graph, WeightStore& weights, const PlanOptions& options);
  Plan finish();

 private:
  // lower.cpp
  void name_steps(const std::string& name);
  void lower_node(std::size_t n);
  void lower_reference(const Node& node);

  // lower_conv.cpp
  /// A convolution's maps and weights, its ReLU fused; `bias` is empty where there's none.
  struct ConvMaps {
    const Tensor& weights;
    Tensor bias;
    Slot from, to;  ///< Channels-last.
    ValueId result;
    bool relu;
  };
  ConvMaps conv_maps(const Node& node);
  bool is_fast_conv(const Node& node) const;
  /// As LayerKernels::of. What an exporter has quantized is computed as it's written.
  LayerKernels::Choice kernel_of(const Node& node, std::int64_t channels,
                                 std::int64_t products) const;
  bool lower_conv(std::size_t n);
  void emit_conv(ConvStep step);
  void plan_concat_slices();

  // lower_conv_transpose.cpp, lower_matmul.cpp
  bool lower_conv_transpose(std::size_t n);
  bool lower_matmul(std::size_t n);

  // lower_windows.cpp
  void emit_separable(const Node& node, bool max, AxisTaps rows, AxisTaps columns);
  bool lower_max_pool(const Node& node);
  bool lower_average_pool(const Node& node);
  bool lower_global_pool(const Node& node);
  bool lower_resize(const Node& node);
  bool lower_depthwise(std::size_t n);

  // lower_elementwise.cpp
  bool lower_unary(const Node& node, const UnaryFunction& function);
  bool lower_clip(const Node& node);
  bool lower_binary(const Node& node);
  bool lower_batch_norm(const Node& node);
  bool lower_reduce(const Node& node);
  bool lower_scatter(const Node& node);
  void emit_binary(op::BinaryKind kind, const Slot& to, const Slot& a, const Slot& b);

  // lower_views.cpp: no step, only other strides; and Concat.
  bool lower_view(const Node& node);
  std::optional<Slot> view_slice(const Node& node);
  bool lower_split(const Node& node);
  bool lower_concat(const Node& node);

  // slots.cpp
  const Shape& shape_of(ValueId value) const { return *graph_.values[value].shape; }
  const Tensor* constant_of(const Node& node, std::size_t input) const;
  bool is_float(ValueId value) const { return graph_.values[value].dtype == DType::f32; }
  const Slot& any(ValueId value);
  Slot row_major(ValueId value);
  Slot channels_last(ValueId value);
  Slot new_row_major(ValueId value);
  Slot new_channels_last(ValueId value);  ///< Within its Concat's slot where one is planned.
  Slot constant_slot(const Tensor& tensor);
  std::size_t new_buffer(Buffer::Kind kind, DType dtype, const Shape& shape);
  void place(ValueId value, Slot slot) { places_[value].push_back(std::move(slot)); }
  void emit_copy(const Slot& to, const Slot& from, std::vector<Step>& steps);

  /// The node is part of a step of an earlier one.
  void fuse(std::size_t n) { done_[n] = true, fused_.push_back(n); }
  /// The value after the Relu that is `value`'s only reader (which is then done), or `value`.
  ValueId fuse_relu(ValueId value, bool& relu);

  const Graph& graph_;
  WeightStore& weights_;
  PlanOptions options_;
  Links links_;
  Plan plan_;
  std::vector<Step> prologue_;
  std::vector<std::vector<Slot>> places_;  ///< By value: every form in which it exists.
  std::vector<bool> done_;                 ///< By node: fused into an earlier one.
  std::vector<std::size_t> fused_;         ///< Into the node that is being lowered.
  struct Slice {
    ValueId concat = kNoValue;
    std::int64_t channel = 0;
  };
  std::vector<Slice> slices_;  ///< By value: where in a Concat's output it is to be written.
};

}  // namespace colonnade::cpu
