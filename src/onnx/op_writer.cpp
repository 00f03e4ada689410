#include "onnx/op_writer.hpp"

#include <algorithm>
#include <string>

#include "onnx/tensor_writer.hpp"

namespace colonnade {
namespace {

using Integers = std::vector<std::int64_t>;

bool reads(const Node& node, std::size_t input) {
  return input < node.inputs.size() && node.inputs[input] != kNoValue;
}

bool has_constant(const Node& node, const Graph& graph, std::size_t input) {
  return reads(node, input) && static_cast<bool>(graph.values[node.inputs[input]].constant);
}

bool all_ones(const Integers& numbers) {
  return std::all_of(numbers.begin(), numbers.end(), [](std::int64_t n) { return n == 1; });
}

/// Reductions have their axes as an attribute up to 17, but for ReduceSum.
bool has_axes_attribute(const op::Reduce& o) {
  return o.kind != op::ReduceKind::sum;
}

class Needed {
 public:
  Needed(const Node& node, const Graph& graph) : node_(node), graph_(graph) {}

  template <typename T>
  std::int64_t operator()(const T&) const {
    return kOldestWrittenOpset;
  }
  std::int64_t operator()(const op::Reduce& o) const {
    const bool computed = reads(node_, 1) && !has_constant(node_, graph_, 1);
    return has_axes_attribute(o) && (computed || o.noop_with_empty_axes) ? 18 : 17;
  }
  std::int64_t operator()(const op::Pad& o) const {
    if (o.mode == op::PadMode::wrap) return 19;
    return reads(node_, 3) ? 18 : 17;
  }
  std::int64_t operator()(const op::Split&) const { return reads(node_, 1) ? 17 : 18; }
  std::int64_t operator()(const op::ScatterElements& o) const { return of(o.reduction); }
  std::int64_t operator()(const op::ScatterND& o) const { return of(o.reduction); }
  std::int64_t operator()(const op::AveragePool& o) const {
    return all_ones(o.window.dilations) ? 17 : 19;
  }
  std::int64_t operator()(const op::Resize& o) const {
    if (o.coordinates == op::ResizeCoordinates::half_pixel_symmetric) return 19;
    return o.antialias || !o.axes.empty() || o.aspect != op::AspectPolicy::stretch ? 18 : 17;
  }
  std::int64_t operator()(const op::QuantizeLinear& o) const {
    const bool plain =
        o.block_size == 0 && o.saturate && (reads(node_, 2) || o.output == DType::u8);
    return plain ? 17 : 21;
  }
  // The output's type is the scale's from 19 on, and may be said outright from 23 on.
  std::int64_t operator()(const op::DequantizeLinear& o) const {
    if (o.output != DType::f32) return 23;
    return o.block_size != 0 ? 21 : 17;
  }

 private:
  static std::int64_t of(op::Reduction reduction) {
    return reduction == op::Reduction::min || reduction == op::Reduction::max ? 18 : 17;
  }

  const Node& node_;
  const Graph& graph_;
};

class Writer {
 public:
  Writer(const Node& node, const Graph& graph, std::int64_t opset, wire::NodeProto& to)
      : node_(node), graph_(graph), opset_(opset), to_(to) {}

  template <typename T>
  void operator()(const T&) const {
    static_assert(std::is_empty_v<T>, "its members are attributes: write them");
  }
  void operator()(const op::Unary&) const {}
  void operator()(const op::Variadic&) const {}
  void operator()(const op::GlobalPool&) const {}
  void operator()(const op::Binary& o) const {
    if (o.kind == op::BinaryKind::fmod) integer("fmod", 1);
  }
  void operator()(const op::LeakyRelu& o) const { real("alpha", o.alpha); }
  void operator()(const op::Elu& o) const { real("alpha", o.alpha); }
  void operator()(const op::HardSigmoid& o) const {
    real("alpha", o.alpha);
    real("beta", o.beta);
  }
  void operator()(const op::Cast& o) const { integer("to", onnx_type_of(o.to)); }
  void operator()(const op::ShapeOf& o) const {
    if (o.start != 0) integer("start", o.start);
    if (o.end != INT64_MAX) integer("end", o.end);
  }
  void operator()(const op::Reshape& o) const { flag("allowzero", o.allow_zero); }
  void operator()(const op::Flatten& o) const { integer("axis", o.axis); }
  void operator()(const op::Transpose& o) const { list("perm", o.perm); }
  void operator()(const op::Concat& o) const { integer("axis", o.axis); }
  void operator()(const op::Split& o) const {
    integer("axis", o.axis);
    if (!reads(node_, 1)) integer("num_outputs", static_cast<std::int64_t>(node_.outputs.size()));
  }
  void operator()(const op::Gather& o) const { integer("axis", o.axis); }
  void operator()(const op::GatherElements& o) const { integer("axis", o.axis); }
  void operator()(const op::GatherND& o) const { integer("batch_dims", o.batch_dims); }
  void operator()(const op::ScatterElements& o) const {
    integer("axis", o.axis);
    reduction(o.reduction);
  }
  void operator()(const op::ScatterND& o) const { reduction(o.reduction); }
  void operator()(const op::Pad& o) const {
    constexpr const char* names[] = {"constant", "reflect", "edge", "wrap"};
    text("mode", names[static_cast<std::size_t>(o.mode)]);
  }
  void operator()(const op::ConstantOfShape& o) const {
    if (!o.value) return;
    write_tensor(o.value, *add("value", wire::AttributeProto::TENSOR).mutable_t());
  }
  void operator()(const op::CumSum& o) const {
    flag("exclusive", o.exclusive);
    flag("reverse", o.reverse);
  }
  void operator()(const op::Reduce& o) const {
    integer("keepdims", o.keep_dims);
    if (opset_ < 18 && has_axes_attribute(o)) {
      if (reads(node_, 1)) list("axes", to_int64(graph_.values[node_.inputs[1]].constant.view()));
      to_.mutable_input()->DeleteSubrange(1, to_.input_size() - 1);
    } else {
      flag("noop_with_empty_axes", o.noop_with_empty_axes);
    }
  }
  void operator()(const op::ArgReduce& o) const {
    integer("axis", o.axis);
    integer("keepdims", o.keep_dims);
    flag("select_last_index", o.select_last);
  }
  void operator()(const op::TopK& o) const {
    integer("axis", o.axis);
    integer("largest", o.largest);
    integer("sorted", o.sorted);
  }
  void operator()(const op::Softmax& o) const { integer("axis", o.axis); }
  void operator()(const op::BatchNorm& o) const { real("epsilon", o.epsilon); }
  void operator()(const op::Gemm& o) const {
    real("alpha", o.alpha);
    real("beta", o.beta);
    flag("transA", o.trans_a);
    flag("transB", o.trans_b);
  }
  void operator()(const op::Einsum& o) const { text("equation", o.equation); }
  void operator()(const op::Conv& o) const {
    window(o.window);
    integer("group", o.group);
  }
  void operator()(const op::ConvTranspose& o) const {
    window(o.window);
    integer("group", o.group);
    list("output_padding", o.output_padding);
    list("output_shape", o.output_shape);
  }
  void operator()(const op::MaxPool& o) const {
    window(o.window);
    flag("ceil_mode", o.ceil_mode);
    if (o.storage_order != 0) integer("storage_order", o.storage_order);
  }
  void operator()(const op::AveragePool& o) const {
    op::Window without = o.window;  // Opsets that know no dilations have them as ones.
    if (opset_ < 19) without.dilations.clear();
    window(without);
    flag("ceil_mode", o.ceil_mode);
    flag("count_include_pad", o.count_include_pad);
  }
  void operator()(const op::Resize& o) const {
    constexpr const char* modes[] = {"nearest", "linear", "cubic"};
    constexpr const char* coordinates[] = {"half_pixel",         "half_pixel_symmetric",
                                           "pytorch_half_pixel", "align_corners",
                                           "asymmetric",         "tf_crop_and_resize"};
    constexpr const char* nearest[] = {"round_prefer_floor", "round_prefer_ceil", "floor", "ceil"};
    constexpr const char* aspects[] = {"stretch", "not_larger", "not_smaller"};
    text("mode", modes[static_cast<std::size_t>(o.mode)]);
    text("coordinate_transformation_mode", coordinates[static_cast<std::size_t>(o.coordinates)]);
    text("nearest_mode", nearest[static_cast<std::size_t>(o.nearest)]);
    if (o.aspect != op::AspectPolicy::stretch)
      text("keep_aspect_ratio_policy", aspects[static_cast<std::size_t>(o.aspect)]);
    list("axes", o.axes);
    flag("antialias", o.antialias);
    flag("exclude_outside", o.exclude_outside);
    real("cubic_coeff_a", o.cubic_coefficient);
    real("extrapolation_value", o.extrapolation_value);
  }
  void operator()(const op::QuantizeLinear& o) const {
    integer("axis", o.axis);
    if (o.block_size != 0) integer("block_size", o.block_size);
    if (!o.saturate) integer("saturate", 0);
    if (opset_ >= 21 && o.output != DType::u8) integer("output_dtype", onnx_type_of(o.output));
  }
  void operator()(const op::DequantizeLinear& o) const {
    integer("axis", o.axis);
    if (o.block_size != 0) integer("block_size", o.block_size);
    if (o.output != DType::f32) integer("output_dtype", onnx_type_of(o.output));
  }
  void operator()(const op::QLinearConv& o) const {
    window(o.window);
    integer("group", o.group);
  }
  void operator()(const op::PillarScatter& o) const {
    const bool plugin = o.form == op::PillarScatterForm::plugin;
    to_.set_op_type(plugin ? "PPScatterPlugin" : "ScatterBEV");
    if (plugin) list("dense_shape", {o.height, o.width});
  }

 private:
  wire::AttributeProto& add(const char* name, wire::AttributeProto::AttributeType type) const {
    wire::AttributeProto& attribute = *to_.add_attribute();
    attribute.set_name(name);
    attribute.set_type(type);
    return attribute;
  }
  void integer(const char* name, std::int64_t value) const {
    add(name, wire::AttributeProto::INT).set_i(value);
  }
  /// One that is false where it isn't said.
  void flag(const char* name, bool value) const {
    if (value) integer(name, 1);
  }
  void real(const char* name, float value) const {
    add(name, wire::AttributeProto::FLOAT).set_f(value);
  }
  void text(const char* name, const std::string& value) const {
    add(name, wire::AttributeProto::STRING).set_s(value);
  }
  void list(const char* name, const Integers& values) const {
    if (values.empty()) return;
    wire::AttributeProto& attribute = add(name, wire::AttributeProto::INTS);
    for (const std::int64_t value : values) attribute.add_ints(value);
  }
  void reduction(op::Reduction reduction) const {
    constexpr const char* names[] = {"none", "add", "mul", "min", "max"};
    if (reduction != op::Reduction::none)
      text("reduction", names[static_cast<std::size_t>(reduction)]);
  }
  void window(const op::Window& window) const {
    constexpr const char* pads[] = {"NOTSET", "SAME_UPPER", "SAME_LOWER", "VALID"};
    list("kernel_shape", window.kernel);
    list("strides", window.strides);
    list("pads", window.pads);
    list("dilations", window.dilations);
    if (window.auto_pad != op::AutoPad::not_set)
      text("auto_pad", pads[static_cast<std::size_t>(window.auto_pad)]);
  }

  const Node& node_;
  const Graph& graph_;
  std::int64_t opset_;
  wire::NodeProto& to_;
};

}  // namespace

std::int64_t opset_needed(const Node& node, const Graph& graph) {
  return std::visit(Needed(node, graph), node.op);
}

void write_op(const Node& node, const Graph& graph, std::int64_t opset, wire::NodeProto& to) {
  to.set_op_type(std::string(name_of(node.op)));
  std::visit(Writer(node, graph, opset, to), node.op);
}

}  // namespace colonnade
