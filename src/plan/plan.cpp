#include "plan/plan.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "colonnade/error.hpp"
#include "kernels/infer_graph.hpp"
#include "plan/find_linear_pfn.hpp"
#include "plan/find_scatter.hpp"
#include "plan/probe.hpp"
#include "plan/subgraph.hpp"

namespace colonnade {
namespace {

/// Pillars a PFN chunk: SmallMunich's 100 slots x 64 channels x 4 bytes x 128 fit a level-2 cache
/// twice over, and a frame of a few thousand pillars still splits over threads.
constexpr std::int64_t kChunk = 128;

/// One ONNX file with its tensors resolved.
struct Piece {
  const GraphSpec* spec = nullptr;
  const Graph* graph = nullptr;
  std::vector<InputSource> sources;  // Of graph->inputs.
};

std::string names_of(const Graph& graph, const std::vector<ValueId>& ids) {
  std::string text;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    text += fmt::format("{}{} '{}'", i > 0 ? ", " : "", i, graph.values[ids[i]].name);
  }
  return text.empty() ? "none" : text;
}

std::size_t resolve(const TensorRef& ref, const Piece& piece, const std::vector<ValueId>& ids,
                    const char* what) {
  const auto count = static_cast<std::int64_t>(ids.size());
  if (ref.name.empty() && ref.position >= 0 && ref.position < count) {
    return static_cast<std::size_t>(ref.position);
  }
  for (std::size_t i = 0; i < ids.size() && !ref.name.empty(); ++i) {
    if (piece.graph->values[ids[i]].name == ref.name) return i;
  }
  throw Error(ErrorCode::mismatch, piece.spec->file,
              fmt::format("model.yaml names {} {}, but the graph has {}", what,
                          ref.name.empty() ? std::to_string(ref.position) : "'" + ref.name + "'",
                          names_of(*piece.graph, ids)));
}

/// Every graph input must be fed; an output that model.yaml doesn't name is dropped.
Piece bind(const GraphSpec& spec, const Graph& graph) {
  Piece piece{&spec, &graph, {}};
  std::vector<std::optional<InputSource>> sources(graph.inputs.size());
  for (const InputBinding& binding : spec.inputs) {
    sources[resolve(binding.tensor, piece, graph.inputs, "input")] = binding.source;
  }
  for (std::size_t i = 0; i < sources.size(); ++i) {
    if (!sources[i]) {
      throw Error(ErrorCode::mismatch, spec.file,
                  fmt::format("model.yaml doesn't say what feeds graph input '{}'",
                              graph.values[graph.inputs[i]].name));
    }
    piece.sources.push_back(*sources[i]);
  }
  return piece;
}

/// The outputs that model.yaml names, in its order, with the graph's values.
std::vector<std::pair<OutputBinding, ValueId>> bound_outputs(const Piece& piece) {
  std::vector<std::pair<OutputBinding, ValueId>> result;
  for (const OutputBinding& binding : piece.spec->outputs) {
    const std::size_t at = resolve(binding.tensor, piece, piece.graph->outputs, "output");
    result.emplace_back(binding, piece.graph->outputs[at]);
  }
  return result;
}

/// `piece`'s part from `inputs` (any of its graph inputs may be among them) to `outputs`.
BoundGraph cut(const Piece& piece, const std::vector<ValueId>& inputs,
               const std::vector<ValueId>& outputs, const std::string& name) {
  BoundGraph part{extract_subgraph(*piece.graph, inputs, outputs, name), {}};
  for (const ValueId id : inputs) {
    const auto at = std::find(piece.graph->inputs.begin(), piece.graph->inputs.end(), id);
    part.sources.push_back(
        at == piece.graph->inputs.end()
            ? InputSource::pillar_features
            : piece.sources[static_cast<std::size_t>(at - piece.graph->inputs.begin())]);
  }
  return part;
}

/// Graph inputs that `output` depends on.
std::vector<ValueId> inputs_of(const Graph& graph, ValueId output) {
  const std::vector<std::int64_t> producer = producers(graph);
  std::vector<bool> seen(graph.values.size(), false);
  std::vector<ValueId> open{output};
  while (!open.empty()) {
    const ValueId id = open.back();
    open.pop_back();
    if (id == kNoValue || seen[id]) continue;
    seen[id] = true;
    if (producer[id] < 0) continue;
    const Node& node = graph.nodes[static_cast<std::size_t>(producer[id])];
    open.insert(open.end(), node.inputs.begin(), node.inputs.end());
  }
  std::vector<ValueId> result;
  for (const ValueId id : graph.inputs) {
    if (seen[id]) result.push_back(id);
  }
  return result;
}

/// The model's parts, whichever files they came from.
struct Parts {
  std::optional<BoundGraph> pfn, scatter, rpn;
  std::string scatter_node;
  std::vector<OutputBinding> outputs;
};

void take(std::optional<BoundGraph>& slot, BoundGraph part, const Piece& piece, const char* name) {
  if (slot) {
    throw Error(ErrorCode::mismatch, piece.spec->file,
                fmt::format("a second {}; model.yaml must bind one", name));
  }
  slot = std::move(part);
}

void add_piece(const Piece& piece, Parts& parts) {
  const Graph& graph = *piece.graph;
  std::vector<ValueId> heads;
  ValueId features = kNoValue, image = kNoValue;
  for (const auto& [binding, value] : bound_outputs(piece)) {
    if (binding.meaning == OutputMeaning::pillar_features)
      features = value;
    else if (binding.meaning == OutputMeaning::bev_image)
      image = value;
    else {
      heads.push_back(value);
      parts.outputs.push_back(binding);
    }
  }
  const auto input_of = [&](InputSource source) {
    const auto at = std::find(piece.sources.begin(), piece.sources.end(), source);
    return at == piece.sources.end()
               ? kNoValue
               : graph.inputs[static_cast<std::size_t>(at - piece.sources.begin())];
  };
  const ValueId given_image = input_of(InputSource::bev_image);
  const ValueId given_features = input_of(InputSource::pillar_features);

  if (given_image == kNoValue && (image != kNoValue || !heads.empty())) {
    std::string why_not;
    const auto site = find_scatter(graph, why_not);
    if (!site) {
      throw Error(ErrorCode::unsupported, piece.spec->file,
                  "no scatter of pillars was recognised in the graph: " + why_not);
    }
    features = site->features;
    image = site->image;
    parts.scatter_node = site->node;
    std::vector<ValueId> inputs = site->index_inputs;
    inputs.insert(inputs.begin(), features);
    take(parts.scatter, cut(piece, inputs, {image}, "scatter"), piece, "scatter");
  } else if (given_image != kNoValue) {
    image = given_image;
  }
  if (features != kNoValue && features != given_features) {
    take(parts.pfn, cut(piece, inputs_of(graph, features), {features}, "PFN"), piece, "PFN");
  }
  if (!heads.empty()) {
    take(parts.rpn, {extract_subgraph(graph, std::vector<ValueId>{image}, heads, "RPN"), {}}, piece,
         "RPN");
  }
}

std::vector<Shape> input_shapes(const BoundGraph& part, const ModelSpec& spec,
                                std::int64_t pillars) {
  std::vector<Shape> shapes;
  for (std::size_t i = 0; i < part.graph.inputs.size(); ++i) {
    shapes.push_back(
        input_shape(part.graph.values[part.graph.inputs[i]], part.sources[i], spec, pillars));
  }
  return shapes;
}

/// The output's shape with that many pillars, if the graph lets itself be rebound to them.
std::optional<Shape> output_shape(const BoundGraph& pfn, const ModelSpec& spec,
                                  std::int64_t pillars) {
  try {
    const BoundGraph part = rebound(pfn, spec, pillars);
    const InferredGraph types = infer_graph(part.graph);
    const TypeInfo& output = types.types[part.graph.outputs[0]];
    if (output.shape && output.shape->is_static()) return output.shape;
  } catch (const Error&) {
    // Something in the graph holds it to its own pillar count.
  }
  return std::nullopt;
}

PfnRegion make_pfn(const BoundGraph& part, const ModelSpec& spec) {
  PfnRegion region;
  region.graph = part.graph;
  region.sources = part.sources;

  const auto at_chunk = output_shape(part, spec, kChunk);
  const auto at_less = output_shape(part, spec, kChunk - 1);
  std::optional<Shape> shape;
  std::optional<std::size_t> pillar_axis;
  if (at_chunk && at_less && at_chunk->rank() == at_less->rank()) {
    for (std::size_t axis = 0; axis < at_chunk->rank(); ++axis) {
      if ((*at_chunk)[axis] == kChunk && (*at_less)[axis] == kChunk - 1) pillar_axis = axis;
    }
  }
  const std::optional<std::int64_t> fixed = declared_pillars(part, spec);
  if (pillar_axis && pillars_are_independent(part, spec)) {
    region.graph = rebound(part, spec, kChunk).graph;
    region.chunk = kChunk;
    shape = at_chunk;
    region.note = fmt::format("chunks of {} pillars", kChunk);
  } else {
    region.chunk = fixed.value_or(spec.pillars.max_pillars);
    shape = output_shape(part, spec, region.chunk);
    for (std::size_t axis = 0; shape && axis < shape->rank() && !pillar_axis; ++axis) {
      if ((*shape)[axis] == region.chunk) pillar_axis = axis;
    }
    region.note = fmt::format("all {} pillars at once: the graph's shapes are fixed", region.chunk);
  }
  if (!shape || !pillar_axis) {
    throw Error(ErrorCode::mismatch,
                fmt::format("the PFN's output has no dimension of {} pillars{}; check the bindings "
                            "and max_points in model.yaml",
                            region.chunk, shape ? " in " + shape->to_string() : std::string()));
  }
  std::optional<std::size_t> channel_axis;
  for (std::size_t axis = 0; axis < shape->rank(); ++axis) {
    if (axis == *pillar_axis || (*shape)[axis] == 1) continue;
    if (channel_axis) {
      throw Error(
          ErrorCode::mismatch,
          fmt::format("the PFN's output {} isn't one feature vector a pillar", shape->to_string()));
    }
    channel_axis = axis;
  }
  region.channels = channel_axis ? (*shape)[*channel_axis] : 1;
  region.pillars_first = !channel_axis || *pillar_axis < *channel_axis;
  region.input_shapes = input_shapes(part, spec, region.chunk);
  if (region.chunk == kChunk) {
    std::string why_not;
    region.linear = find_linear_pfn(part, spec, region.pillars_first, why_not);
    region.note += region.linear ? ", or point by point: one linear layer, proven on random pillars"
                                 : "; not point by point: " + why_not;
  }
  return region;
}

/// Shape and pillar order of the features as the scatter part reads them.
ScatterRegion make_scatter(const Parts& parts, const PfnRegion& pfn, const ModelSpec& spec) {
  ScatterRegion region{pfn.channels, spec.grid.ny(), spec.grid.nx(), "native: no graph scatters"};
  if (!parts.scatter) return region;
  BoundGraph scatter = *parts.scatter;
  const auto at = static_cast<std::size_t>(
      std::find(scatter.sources.begin(), scatter.sources.end(), InputSource::pillar_features) -
      scatter.sources.begin());
  Value& features = scatter.graph.values[scatter.graph.inputs[at]];

  const std::int64_t fixed = declared_pillars(scatter, spec).value_or(0);
  std::int64_t pillars = fixed > 0 ? fixed : 67;
  Shape shape;
  bool pillars_first = true;
  if (features.shape) {  // A graph input of its own file: as declared there.
    shape = *features.shape;
    for (std::size_t axis = 0; axis < shape.rank(); ++axis) {
      if (shape[axis] == kUnknownDim)
        shape[axis] = pillars;
      else if (shape[axis] != 1 && shape[axis] != pfn.channels)
        pillars = shape[axis];
    }
    for (std::size_t axis = 0; axis < shape.rank(); ++axis) {
      if (shape[axis] == 1) continue;
      pillars_first = shape[axis] == pillars;
      break;
    }
  } else {  // Made by the PFN in the same file.
    const InferredGraph types =
        infer_graph(parts.pfn->graph, input_shapes(*parts.pfn, spec, pillars));
    shape = types.types[parts.pfn->graph.outputs[0]].shape.value();
    pillars_first = pfn.pillars_first;
  }
  features.dtype = DType::f32;
  features.shape = shape;
  prove_scatter(scatter, spec, shape, pillars_first, pfn.channels, pillars);
  region.note = fmt::format("'{}', proven on random pillars", parts.scatter_node);
  return region;
}

Parts find_parts(const ModelSpec& spec, const std::vector<Graph>& pieces) {
  Parts parts;
  for (std::size_t i = 0; i < pieces.size(); ++i) add_piece(bind(spec.graphs[i], pieces[i]), parts);
  if (parts.pfn && parts.rpn) return parts;
  throw Error(
      ErrorCode::mismatch,
      fmt::format("the model has no {}; model.yaml's graphs must lead from points to head maps",
                  parts.pfn ? "RPN" : "PFN"));
}

Plan plan_of(const Parts& parts, const ModelSpec& spec) {
  Plan plan;
  plan.pfn = make_pfn(*parts.pfn, spec);
  plan.scatter = make_scatter(parts, plan.pfn, spec);
  plan.rpn.graph = parts.rpn->graph;
  plan.rpn.outputs = parts.outputs;
  Value& image = plan.rpn.graph.values[plan.rpn.graph.inputs[0]];
  image.dtype = DType::f32;
  image.shape = Shape{1, plan.scatter.channels, plan.scatter.height, plan.scatter.width};
  return plan;
}

/// By position: names inside of a graph may be empty or repeated.
TensorRef at_position(std::size_t position) {
  return {{}, static_cast<std::int64_t>(position)};
}

}  // namespace

std::vector<InputSource> input_sources(const GraphSpec& spec, const Graph& graph) {
  return bind(spec, graph).sources;
}

std::vector<OutputGate> output_gates(const RpnRegion& rpn) {
  std::vector<OutputGate> gates;
  for (std::size_t i = 0; i < rpn.outputs.size(); ++i) {
    const OutputBinding& scores = rpn.outputs[i];
    if (scores.meaning == OutputMeaning::decoded_boxes ||
        scores.meaning == OutputMeaning::detections) {
      return {};
    }
    if (scores.meaning != OutputMeaning::class_scores) continue;
    OutputGate gate{i, {}};
    for (std::size_t k = 0; k < rpn.outputs.size(); ++k) {
      const OutputBinding& other = rpn.outputs[k];
      if (other.head == scores.head && other.meaning != OutputMeaning::class_scores) {
        gate.gated.push_back(k);
      }
    }
    gates.push_back(std::move(gate));
  }
  return gates;
}

Plan make_plan(const ModelSpec& spec, const std::vector<Graph>& pieces) {
  return plan_of(find_parts(spec, pieces), spec);
}

ProvenModel prove_model(const ModelSpec& spec, const std::vector<Graph>& pieces) {
  Parts parts = find_parts(spec, pieces);
  Plan plan = plan_of(parts, spec);
  // The PFN as it was declared, not cut to a chunk: how large a chunk is isn't the file's to say.
  BoundGraph& part = *parts.pfn;
  GraphSpec pfn{"PFN", {}, {{at_position(0), OutputMeaning::pillar_features}}};
  for (std::size_t i = 0; i < part.sources.size(); ++i) {
    pfn.inputs.push_back({at_position(i), part.sources[i]});
  }
  GraphSpec rpn{"RPN", {{at_position(0), InputSource::bev_image}}, std::move(plan.rpn.outputs)};
  for (std::size_t i = 0; i < rpn.outputs.size(); ++i) rpn.outputs[i].tensor = at_position(i);

  ProvenModel result{spec, {std::move(part.graph), std::move(plan.rpn.graph)}};
  result.spec.graphs = {std::move(pfn), std::move(rpn)};
  return result;
}

}  // namespace colonnade
