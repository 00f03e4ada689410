#include <fmt/core.h>

#include <iterator>

#include "graph/graph.hpp"

namespace colonnade {
namespace {

using Text = std::back_insert_iterator<std::string>;

template <typename T>
std::string join(const std::vector<T>& values, char separator) {
  std::string text;
  for (const T& value : values) {
    if (!text.empty()) text += separator;
    text += fmt::format("{}", value);
  }
  return text;
}

// Attributes that differ from the operator's defaults, " name=value" each.
class AttributePrinter {
 public:
  explicit AttributePrinter(std::string& text) : out_(text) {}

  template <typename T>
  void operator()(const T&) const {}  // Operators without attributes.

  void operator()(const op::LeakyRelu& o) const { put("alpha", o.alpha); }
  void operator()(const op::Elu& o) const { put("alpha", o.alpha); }
  void operator()(const op::HardSigmoid& o) const {
    put("alpha", o.alpha);
    put("beta", o.beta);
  }
  void operator()(const op::Binary& o) const { put_flag("fmod", o.kind == op::BinaryKind::fmod); }
  void operator()(const op::Cast& o) const { put("to", name_of(o.to)); }
  void operator()(const op::ShapeOf& o) const {
    if (o.start != 0) put("start", o.start);
    if (o.end != INT64_MAX) put("end", o.end);
  }
  void operator()(const op::Reshape& o) const { put_flag("allow_zero", o.allow_zero); }
  void operator()(const op::Flatten& o) const { put("axis", o.axis); }
  void operator()(const op::Transpose& o) const { put_list("perm", o.perm, ','); }
  void operator()(const op::Concat& o) const { put("axis", o.axis); }
  void operator()(const op::Split& o) const { put("axis", o.axis); }
  void operator()(const op::Gather& o) const { put("axis", o.axis); }
  void operator()(const op::GatherElements& o) const { put("axis", o.axis); }
  void operator()(const op::GatherND& o) const {
    if (o.batch_dims != 0) put("batch_dims", o.batch_dims);
  }
  void operator()(const op::ScatterElements& o) const {
    put("axis", o.axis);
    put_reduction(o.reduction);
  }
  void operator()(const op::ScatterND& o) const { put_reduction(o.reduction); }
  void operator()(const op::Pad& o) const {
    constexpr std::string_view names[] = {"constant", "reflect", "edge", "wrap"};
    put("mode", names[static_cast<std::size_t>(o.mode)]);
  }
  void operator()(const op::ConstantOfShape& o) const {
    if (o.value) put("type", name_of(o.value.dtype()));
  }
  void operator()(const op::CumSum& o) const {
    put_flag("exclusive", o.exclusive);
    put_flag("reverse", o.reverse);
  }
  void operator()(const op::Reduce& o) const {
    put_flag("keep_dims", o.keep_dims);
    put_flag("noop_with_empty_axes", o.noop_with_empty_axes);
  }
  void operator()(const op::ArgReduce& o) const {
    put("axis", o.axis);
    put_flag("keep_dims", o.keep_dims);
    put_flag("select_last", o.select_last);
  }
  void operator()(const op::TopK& o) const {
    put("axis", o.axis);
    put_flag("smallest", !o.largest);
    put_flag("unsorted", !o.sorted);
  }
  void operator()(const op::Softmax& o) const {
    put("axis", o.axis);
    put_flag("flatten", o.flatten);
  }
  void operator()(const op::BatchNorm& o) const { put("epsilon", o.epsilon); }
  void operator()(const op::Gemm& o) const {
    if (o.alpha != 1) put("alpha", o.alpha);
    if (o.beta != 1) put("beta", o.beta);
    put_flag("trans_a", o.trans_a);
    put_flag("trans_b", o.trans_b);
  }
  void operator()(const op::Einsum& o) const { put("equation", o.equation); }
  void operator()(const op::Conv& o) const {
    put_window(o.window);
    put_group(o.group);
  }
  void operator()(const op::ConvTranspose& o) const {
    put_window(o.window);
    put_group(o.group);
    put_list("output_padding", o.output_padding, ',');
    put_list("output_shape", o.output_shape, 'x');
  }
  void operator()(const op::MaxPool& o) const {
    put_window(o.window);
    put_flag("ceil_mode", o.ceil_mode);
    put_flag("column_major", o.storage_order != 0);
  }
  void operator()(const op::AveragePool& o) const {
    put_window(o.window);
    put_flag("ceil_mode", o.ceil_mode);
    put_flag("count_include_pad", o.count_include_pad);
  }
  void operator()(const op::Resize& o) const {
    constexpr std::string_view modes[] = {"nearest", "linear", "cubic"};
    constexpr std::string_view coordinates[] = {"half_pixel",         "half_pixel_symmetric",
                                                "pytorch_half_pixel", "align_corners",
                                                "asymmetric",         "tf_crop_and_resize"};
    constexpr std::string_view rounding[] = {"round_prefer_floor", "round_prefer_ceil", "floor",
                                             "ceil"};
    put("mode", modes[static_cast<std::size_t>(o.mode)]);
    put("coordinates", coordinates[static_cast<std::size_t>(o.coordinates)]);
    if (o.mode == op::ResizeMode::nearest) {
      put("nearest", rounding[static_cast<std::size_t>(o.nearest)]);
    }
    put_list("axes", o.axes, ',');
    put_flag("antialias", o.antialias);
    put_flag("exclude_outside", o.exclude_outside);
  }
  void operator()(const op::QuantizeLinear& o) const {
    put("axis", o.axis);
    if (o.block_size != 0) put("block_size", o.block_size);
  }
  void operator()(const op::DequantizeLinear& o) const {
    put("axis", o.axis);
    if (o.block_size != 0) put("block_size", o.block_size);
  }
  void operator()(const op::QLinearConv& o) const {
    put_window(o.window);
    put_group(o.group);
  }
  void operator()(const op::PillarScatter& o) const {
    if (o.form == op::PillarScatterForm::scatter_bev) return put("form", "scatter_bev");
    put("height", o.height);
    put("width", o.width);
  }

 private:
  template <typename T>
  void put(std::string_view name, const T& value) const {
    fmt::format_to(out_, " {}={}", name, value);
  }
  void put_flag(std::string_view name, bool value) const {
    if (value) fmt::format_to(out_, " {}", name);
  }
  void put_list(std::string_view name, const std::vector<std::int64_t>& values,
                char separator) const {
    if (!values.empty()) put(name, join(values, separator));
  }
  void put_group(std::int64_t group) const {
    if (group != 1) put("group", group);
  }
  void put_reduction(op::Reduction reduction) const {
    constexpr std::string_view names[] = {"none", "add", "mul", "min", "max"};
    if (reduction != op::Reduction::none) {
      put("reduction", names[static_cast<std::size_t>(reduction)]);
    }
  }
  void put_window(const op::Window& window) const {
    constexpr std::string_view names[] = {"", "same_upper", "same_lower", "valid"};
    put_list("kernel", window.kernel, 'x');
    put_list("strides", window.strides, 'x');
    put_list("pads", window.pads, ',');
    put_list("dilations", window.dilations, 'x');
    if (window.auto_pad != op::AutoPad::not_set) {
      put("auto_pad", names[static_cast<std::size_t>(window.auto_pad)]);
    }
  }

  Text out_;
};

std::string label(const Graph& graph, ValueId id) {
  if (id == kNoValue) return "-";
  const std::string& name = graph.values[id].name;
  return name.empty() ? fmt::format("%{}", id) : fmt::format("%{} {}", id, name);
}

// "float32[1,64,?,432]"; "?" where neither type nor shape is known yet.
std::string type_text(const Value& value) {
  if (!value.shape) return "?";
  return fmt::format("{}{}", name_of(value.dtype), value.shape->to_string());
}

std::string declaration(const Graph& graph, ValueId id) {
  return fmt::format("{}: {}", label(graph, id), id == kNoValue ? "" : type_text(graph.values[id]));
}

// Small constants (axes, shapes) are worth more than their type.
std::string operand(const Graph& graph, ValueId id) {
  constexpr std::size_t kShown = 8;
  std::string text = label(graph, id);
  if (id == kNoValue || !graph.values[id].constant) return text;
  const Tensor& constant = graph.values[id].constant;
  if (constant.elements() > kShown || constant.shape().rank() > 1) {
    return fmt::format("{}: const {}", text, type_text(graph.values[id]));
  }
  std::string elements;
  dispatch(constant.dtype(), [&]<typename T>(TypeTag<T>) {
    for (std::size_t i = 0; i < constant.elements(); ++i) {
      if (i > 0) elements += ',';
      const auto wide = static_cast<Wide<T>>(constant.as<T>()[i]);
      elements += fmt::format("{}", wide);
    }
  });
  return constant.shape().rank() == 0 ? elements : "[" + elements + "]";
}

}  // namespace

std::string to_text(const Graph& graph) {
  std::string text = fmt::format("graph {}\n", graph.name);
  for (const ValueId id : graph.inputs) text += fmt::format("input {}\n", declaration(graph, id));
  for (const Node& node : graph.nodes) {
    for (std::size_t i = 0; i < node.outputs.size(); ++i) {
      text += (i == 0 ? "" : ", ") + declaration(graph, node.outputs[i]);
    }
    text += fmt::format(" = {}(", name_of(node.op));
    for (std::size_t i = 0; i < node.inputs.size(); ++i) {
      text += (i == 0 ? "" : ", ") + operand(graph, node.inputs[i]);
    }
    text += ')';
    std::visit(AttributePrinter(text), node.op);
    text += '\n';
  }
  for (const ValueId id : graph.outputs) text += fmt::format("output {}\n", declaration(graph, id));
  return text;
}

}  // namespace colonnade
