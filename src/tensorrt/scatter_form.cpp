#include "tensorrt/scatter_form.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <vector>

#include "colonnade/error.hpp"
#include "colonnade/model.hpp"
#include "kernels/infer_graph.hpp"
#include "plan/probe.hpp"
#include "plan/subgraph.hpp"

namespace colonnade {
namespace {

/// A number of pillars that no other dimension has.
constexpr std::int64_t kProbed = 67;

std::vector<Shape> probed_shapes(const Graph& graph) {
  std::vector<Shape> shapes;
  for (const ValueId id : graph.inputs) {
    Shape shape = graph.values[id].shape.value_or(Shape());
    for (std::size_t axis = 0; axis < shape.rank(); ++axis) {
      if (shape[axis] == kUnknownDim) shape[axis] = kProbed;
    }
    shapes.push_back(shape);
  }
  return shapes;
}

/// What an input of a scatter may be, by its shape alone.
std::vector<InputSource> meanings(const Value& input) {
  const Shape shape = input.shape.value_or(Shape());
  const std::size_t rank = shape.rank();
  if (rank == 4 && shape[3] == 5) return {InputSource::scatterbev_params};
  if (rank >= 2 && shape[rank - 1] == 4) {
    return {InputSource::coords_bzyx, InputSource::coords_bxyz};
  }
  if (rank == 0 || (rank == 1 && shape[0] == 1)) return {InputSource::pillar_count};
  return {};
}

/// A model of this grid alone, which is all that a proof asks for.
ModelSpec grid_of(std::int64_t width, std::int64_t height, std::int64_t pillars) {
  ModelSpec spec;
  spec.grid = {{0, 0, -1}, {static_cast<float>(width), static_cast<float>(height), 1}, {1, 1}};
  spec.pillars.max_points = 1;
  spec.pillars.max_pillars = pillars;
  return spec;
}

const Node& node_called(const Graph& graph, const std::string& name) {
  return *std::find_if(graph.nodes.begin(), graph.nodes.end(),
                       [&](const Node& node) { return node.name == name; });
}

class Recogniser {
 public:
  Recogniser(const Graph& graph, ScatterForm form) : graph_(graph), form_(std::move(form)) {}

  std::optional<ScatterForm> run(std::optional<std::array<std::int64_t, 2>> image_size,
                                 std::string& why_not) {
    if (!read_shapes(image_size, why_not)) return std::nullopt;
    std::vector<std::vector<InputSource>> choices;
    for (const ValueId id : form_.site.index_inputs) {
      choices.push_back(meanings(graph_.values[id]));
      if (choices.back().empty()) {
        why_not = fmt::format("input '{}' {} places pillars in a way that isn't known",
                              graph_.values[id].name, shape_text(id));
        return std::nullopt;
      }
    }
    // At most two coordinates' orders: the other meanings are one each.
    for (const std::size_t order : {std::size_t{0}, std::size_t{1}}) {
      std::vector<InputSource> sources;
      for (const auto& choice : choices)
        sources.push_back(choice[std::min(order, choice.size() - 1)]);
      if (!take(sources)) {
        why_not = "no input of coordinates [P,4] places the pillars";
        return std::nullopt;
      }
      if (proves(sources, why_not)) return form_;
    }
    return std::nullopt;
  }

 private:
  std::string shape_text(ValueId id) const {
    return graph_.values[id].shape ? graph_.values[id].shape->to_string() : "of any rank";
  }

  bool read_shapes(std::optional<std::array<std::int64_t, 2>> image_size, std::string& why_not) {
    const std::vector<Shape> shapes = probed_shapes(graph_);
    const InferredGraph inferred = infer_graph(graph_, shapes);
    const auto& features = inferred.types[form_.site.features].shape;
    const auto& image = inferred.types[form_.site.image].shape;
    if (!features || !features->is_static() || !image || image->rank() != 4) {
      why_not = "the shapes around the scatter can't be told";
      return false;
    }
    form_.channels = (*image)[1];
    form_.height = (*image)[2];
    form_.width = (*image)[3];
    if (form_.height == kUnknownDim && image_size) {
      form_.width = (*image_size)[0];
      form_.height = (*image_size)[1];
    }
    if (form_.height == kUnknownDim || form_.width == kUnknownDim) {
      why_not =
          "the image's size comes with the input of parameters; give it to `colonnade convert` as "
          "--grid WIDTHxHEIGHT "
          "(432x496 for KITTI)";
      return false;
    }
    features_ = *features;
    form_.features_rank = features_.rank();
    pillars_ = form_.channels > 0 ? features_.elements() / form_.channels : 0;
    for (std::size_t axis = 0; axis < features_.rank(); ++axis) {
      if (features_[axis] == 1) continue;
      form_.pillars_first = features_[axis] == pillars_;
      break;
    }
    if (pillars_ != kProbed) form_.pillars = pillars_;
    return true;
  }

  bool take(const std::vector<InputSource>& sources) {
    form_.coords = form_.count = kNoValue;
    for (std::size_t i = 0; i < sources.size(); ++i) {
      const ValueId id = form_.site.index_inputs[i];
      switch (sources[i]) {
        case InputSource::coords_bzyx:
        case InputSource::coords_bxyz:
          form_.coords = id;
          form_.x_column = sources[i] == InputSource::coords_bzyx ? 3 : 1;
          form_.y_column = 2;
          break;
        default:
          form_.count = id;
          form_.count_is_params = sources[i] == InputSource::scatterbev_params;
      }
    }
    return form_.coords != kNoValue;
  }

  bool proves(const std::vector<InputSource>& sources, std::string& why_not) const {
    std::vector<ValueId> inputs{form_.site.features};
    inputs.insert(inputs.end(), form_.site.index_inputs.begin(), form_.site.index_inputs.end());
    BoundGraph part{
        extract_subgraph(graph_, inputs, std::vector<ValueId>{form_.site.image}, "scatter"),
        {InputSource::pillar_features}};
    part.sources.insert(part.sources.end(), sources.begin(), sources.end());
    Value& features = part.graph.values[part.graph.inputs[0]];
    features.dtype = DType::f32;
    features.shape = features_;
    try {
      prove_scatter(part, grid_of(form_.width, form_.height, pillars_), features_,
                    form_.pillars_first, form_.channels, pillars_);
      return true;
    } catch (const Error& error) {
      why_not = error.what();
      return false;
    }
  }

  const Graph& graph_;
  ScatterForm form_;
  Shape features_;
  std::int64_t pillars_ = 0;
};

}  // namespace

std::optional<ScatterForm> recognise_scatter(const Graph& graph,
                                             std::optional<std::array<std::int64_t, 2>> image_size,
                                             std::string& why_not) {
  const std::optional<ScatterSite> site = find_scatter(graph, why_not);
  if (!site) return std::nullopt;
  const Node& node = node_called(graph, site->node);
  ScatterForm form;
  form.site = *site;
  form.onnx_op = node.onnx_op;
  form.is_plugin = std::holds_alternative<op::PillarScatter>(node.op);
  return Recogniser(graph, std::move(form)).run(image_size, why_not);
}

}  // namespace colonnade
