#include "tensorrt/standard_scatter.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <numeric>
#include <utility>
#include <vector>

#include "colonnade/error.hpp"
#include "passes/remove_dead.hpp"
#include "tensorrt/scatter_form.hpp"

namespace colonnade {
namespace {

using Integers = std::vector<std::int64_t>;

/// Writes the new nodes. Indices are int32 up to the end: TensorRT 8 has no other integers.
class Builder {
 public:
  Builder(Graph& graph, const ScatterForm& form) : graph_(graph), form_(form) {}

  std::vector<Node> run() {
    const std::int64_t cells = form_.height * form_.width;
    const std::int64_t rows = cells + (form_.drops() ? 1 : 0);
    const ValueId canvas = add("canvas", op::ConstantOfShape{Tensor::of<float>({1}, {0})},
                               {list({rows, form_.channels})});
    ValueId image = add("rows", op::ScatterND{},
                        {canvas, add("index", op::Cast{DType::i64}, {index(cells)}), features()});
    if (form_.drops()) {
      image = add("cut", op::Slice{}, {image, list({0}), list({cells}), list({0})});
    }
    image = add("channels_first", op::Transpose{{1, 0}}, {image});
    nodes_.push_back({name("image"),
                      "Reshape",
                      op::Reshape{},
                      {image, list({1, form_.channels, form_.height, form_.width})},
                      {form_.site.image}});
    return std::move(nodes_);
  }

 private:
  std::string name(const char* part) const { return fmt::format("{}/{}", form_.site.node, part); }
  ValueId add(const char* part, Op op, std::vector<ValueId> inputs) {
    const ValueId out = graph_.add_value({name(part), DType::f32, {}, {}});
    std::string onnx_op(name_of(op));
    nodes_.push_back({name(part), std::move(onnx_op), std::move(op), std::move(inputs), {out}});
    return out;
  }
  ValueId list(Integers values) {
    return graph_.add_constant("",
                               Tensor::of<std::int64_t>({static_cast<std::int64_t>(values.size())},
                                                        std::span<const std::int64_t>(values)));
  }
  ValueId number(std::int64_t value) {
    return graph_.add_constant("", Tensor::scalar(static_cast<std::int32_t>(value)));
  }
  ValueId binary(const char* part, op::BinaryKind kind, ValueId a, ValueId b) {
    return add(part, op::Binary{kind}, {a, b});
  }

  /// Rows of the scatter: [P, C].
  ValueId features() {
    const ValueId given = form_.site.features;
    if (form_.pillars_first) {
      return form_.features_rank == 2
                 ? given
                 : add("features", op::Reshape{}, {given, list({-1, form_.channels})});
    }
    const ValueId flat = form_.features_rank == 2
                             ? given
                             : add("features", op::Reshape{}, {given, list({form_.channels, -1})});
    return add("pillars_first", op::Transpose{{1, 0}}, {flat});
  }

  /// [P, 1] int32.
  ValueId column(const char* part, ValueId coords, std::int64_t at) {
    const ValueId column = add(part, op::Gather{1}, {coords, list({at})});
    if (graph_.values[form_.coords].dtype == DType::i32) return column;
    return add(form_.x_column == at ? "x_index" : "y_index", op::Cast{DType::i32}, {column});
  }

  ValueId index(std::int64_t cells) {
    ValueId coords = form_.coords;
    if (graph_.values[coords].shape->rank() != 2) {
      coords = add("coords", op::Reshape{}, {coords, list({-1, 4})});
    }
    const ValueId y = column("y", coords, form_.y_column);
    const ValueId x = column("x", coords, form_.x_column);
    const ValueId row_start = binary("row_start", op::BinaryKind::mul, y, number(form_.width));
    const ValueId cell = binary("cell", op::BinaryKind::add, row_start, x);
    if (!form_.drops()) return cell;
    const ValueId inside =
        both("inside", in_range("y", y, form_.height), in_range("x", x, form_.width));
    const ValueId counted = binary("counted", op::BinaryKind::less, positions(), count());
    return add("kept", op::Where{}, {both("valid", inside, counted), cell, number(cells)});
  }

  ValueId both(const char* part, ValueId a, ValueId b) {
    return binary(part, op::BinaryKind::logical_and, a, b);
  }
  ValueId in_range(const std::string& axis, ValueId at, std::int64_t size) {
    const ValueId low = binary((axis + "_low").c_str(), op::BinaryKind::greater, at, number(-1));
    const ValueId high = binary((axis + "_high").c_str(), op::BinaryKind::less, at, number(size));
    return both((axis + "_inside").c_str(), low, high);
  }

  /// 0, 1, ... P - 1 as [P, 1] int32.
  ValueId positions() {
    if (form_.pillars) {
      Tensor all(DType::i32, Shape{*form_.pillars, 1});
      std::iota(all.as<std::int32_t>(), all.as<std::int32_t>() + *form_.pillars, 0);
      return graph_.add_constant("", std::move(all));
    }
    const ValueId shape = add("shape", op::ShapeOf{}, {form_.coords});
    const auto axis = static_cast<std::int64_t>(graph_.values[form_.coords].shape->rank()) - 2;
    const ValueId pillars = add("pillars", op::Gather{0}, {shape, scalar64(axis)});
    const ValueId limit = add("limit", op::Cast{DType::i32}, {pillars});
    const ValueId range = add("range", op::Range{}, {number(0), limit, number(1)});
    return add("positions", op::Unsqueeze{}, {range, list({1})});
  }
  ValueId scalar64(std::int64_t value) { return graph_.add_constant("", Tensor::scalar(value)); }

  ValueId count() {
    if (form_.count_is_params) {
      graph_.inputs.erase(std::find(graph_.inputs.begin(), graph_.inputs.end(), form_.count));
      graph_.inputs.push_back(graph_.add_value({"voxel_num", DType::i32, Shape{1}, {}}));
      return graph_.inputs.back();
    }
    if (form_.count == kNoValue) return number(INT32_MAX);
    if (graph_.values[form_.count].dtype == DType::i32) return form_.count;
    return add("count", op::Cast{DType::i32}, {form_.count});
  }

  Graph& graph_;
  const ScatterForm& form_;
  std::vector<Node> nodes_;
};

Graph replaced(const Graph& graph, const ScatterForm& form) {
  Graph result = graph;
  std::vector<Node> nodes = Builder(result, form).run();
  // In the place of the node that wrote the image: what it reads is before, who reads it after.
  const auto at = std::find_if(result.nodes.begin(), result.nodes.end(), [&](const Node& node) {
    return node.outputs.size() == 1 && node.outputs[0] == form.site.image;
  });
  const auto position = result.nodes.erase(at);
  result.nodes.insert(position, std::make_move_iterator(nodes.begin()),
                      std::make_move_iterator(nodes.end()));
  return remove_dead(result);
}

const Node* plugin_of(const Graph& graph) {
  const auto node = std::find_if(graph.nodes.begin(), graph.nodes.end(), [](const Node& n) {
    return std::holds_alternative<op::PillarScatter>(n.op);
  });
  return node == graph.nodes.end() ? nullptr : &*node;
}

}  // namespace

StandardScatter standard_scatter(const Graph& graph,
                                 std::optional<std::array<std::int64_t, 2>> image_size) {
  std::string why_not;
  const auto form = recognise_scatter(graph, image_size, why_not);
  if (!form) {
    if (const Node* plugin = plugin_of(graph)) {
      throw Error(ErrorCode::unsupported,
                  fmt::format("node '{}' ({})", plugin->name, plugin->onnx_op),
                  "is a plugin that TensorRT lacks, and couldn't be replaced: " + why_not);
    }
    return {graph, false, "no scatter replaced: " + why_not};
  }
  StandardScatter result{replaced(graph, *form), true, {}};
  result.note =
      fmt::format("{} '{}' became ScatterND of rows into [{},{}], proven on random pillars",
                  form->onnx_op, form->site.node, form->height * form->width, form->channels);
  if (form->count_is_params) {
    result.note += fmt::format("; input '{}' became 'voxel_num' int32[1], the number of pillars",
                               graph.values[form->count].name);
  }
  return result;
}

}  // namespace colonnade
