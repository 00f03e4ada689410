#include "model/check.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <optional>
#include <string>

#include "colonnade/error.hpp"
#include "model/enum_names.hpp"
#include "model/head_outputs.hpp"
#include "model/pieces.hpp"

namespace colonnade {
namespace {

/// One graph with its place in model.yaml.
struct Checked {
  const ModelSpec& spec;
  const GraphSpec& bindings;
  const Graph& graph;
  std::string path;  ///< "graphs[1]"

  [[noreturn]] void fail(const std::string& message) const {
    throw Error(ErrorCode::mismatch, bindings.file, message);
  }
};

const Value& resolve(const Checked& on, const TensorRef& tensor, const std::vector<ValueId>& ids,
                     const std::string& key) {
  if (tensor.name.empty()) {
    if (tensor.position >= 0 && tensor.position < static_cast<std::int64_t>(ids.size())) {
      return on.graph.values[ids[static_cast<std::size_t>(tensor.position)]];
    }
    on.fail(fmt::format("{}.tensor: found position {}, expected one below {}", key, tensor.position,
                        ids.size()));
  }
  for (const ValueId id : ids) {
    if (on.graph.values[id].name == tensor.name) return on.graph.values[id];
  }
  on.fail(fmt::format("{}.tensor: found '{}', which the graph doesn't have, expected one of {}",
                      key, tensor.name, describe_values(on.graph, ids)));
}

/// The static dimension that a source's axis has; `from_end` counts from the last axis, 1.
std::optional<std::int64_t> dim(const Value& value, std::size_t from_end) {
  if (!value.shape || from_end > value.shape->rank()) return std::nullopt;
  const std::int64_t found = (*value.shape)[value.shape->rank() - from_end];
  return found == kUnknownDim ? std::nullopt : std::optional(found);
}

void expect_dim(const Checked& on, const Value& value, std::optional<std::int64_t> found,
                std::int64_t wanted, const char* key, const char* what) {
  if (!found || *found == wanted) return;
  on.fail(fmt::format("{}: model.yaml gives {}, the graph's input '{}' {} has {} {}", key, wanted,
                      value.name, value.shape->to_string(), *found, what));
}

void check_pillar_dims(const Checked& on, const Value& value, std::optional<std::int64_t> pillars,
                       std::optional<std::int64_t> points) {
  const PillarSpec& spec = on.spec.pillars;
  // Fewer pillars than the graph takes are padded; more have no room.
  if (pillars && *pillars < spec.max_pillars) {
    expect_dim(on, value, pillars, spec.max_pillars, "pillars.max_pillars", "pillars");
  }
  expect_dim(on, value, points, spec.max_points, "pillars.max_points", "points a pillar");
}

void check_points(const Checked& on, const Value& value) {
  const auto features = static_cast<std::int64_t>(on.spec.pillars.features.size());
  const bool batched = value.shape && value.shape->rank() == 4;
  // [1, F, P, N] and [1, P, N, F]: the axis that fits the features is theirs.
  if (batched && dim(value, 3) == features && dim(value, 1) != features) {
    check_pillar_dims(on, value, dim(value, 2), dim(value, 1));
    return;
  }
  expect_dim(on, value, dim(value, 1), features, "pillars.features", "features");
  check_pillar_dims(on, value, dim(value, 3), dim(value, 2));
}

/// [1, 1, P, N] (SmallMunich) or [1, P, N, 1] (pgf20160610).
void check_mask(const Checked& on, const Value& value) {
  const std::size_t last = dim(value, 1) == 1 && dim(value, 3) != 1 ? 2 : 1;
  check_pillar_dims(on, value, dim(value, last + 1), dim(value, last));
}

void check_input(const Checked& on, const Value& value, InputSource source) {
  const GridSpec& grid = on.spec.grid;
  switch (source) {
    case InputSource::points: check_points(on, value); return;
    case InputSource::x:
    case InputSource::y:
    case InputSource::z:
    case InputSource::intensity:
    case InputSource::center_x:
    case InputSource::center_y: check_pillar_dims(on, value, dim(value, 2), dim(value, 1)); return;
    case InputSource::mask: check_mask(on, value); return;
    case InputSource::num_points: check_pillar_dims(on, value, dim(value, 1), {}); return;
    case InputSource::coords_bzyx:
    case InputSource::coords_bxyz: check_pillar_dims(on, value, dim(value, 2), {}); return;
    case InputSource::bev_image:
      expect_dim(on, value, dim(value, 2), grid.ny(), "grid", "rows (ny)");
      expect_dim(on, value, dim(value, 1), grid.nx(), "grid", "columns (nx)");
      return;
    case InputSource::pillar_count:
    case InputSource::scatterbev_params:
    case InputSource::pillar_features: return;
  }
}

void check_inputs(const Checked& on) {
  std::vector<const Value*> bound;
  for (std::size_t i = 0; i < on.bindings.inputs.size(); ++i) {
    const InputBinding& input = on.bindings.inputs[i];
    const Value& value =
        resolve(on, input.tensor, on.graph.inputs, fmt::format("{}.inputs[{}]", on.path, i));
    check_input(on, value, input.source);
    bound.push_back(&value);
  }
  for (const ValueId id : on.graph.inputs) {
    if (std::find(bound.begin(), bound.end(), &on.graph.values[id]) != bound.end()) continue;
    on.fail(fmt::format("{}.inputs: the graph's input '{}' has no source; its inputs are {}",
                        on.path, on.graph.values[id].name,
                        describe_values(on.graph, on.graph.inputs)));
  }
}

std::int64_t anchors_of(const HeadSpec& head) {
  return anchors_a_cell(head) * head.map_width * head.map_height;
}

/// Elements of a head's map, and its channels where only the last convolution is known.
void check_head_map(const Checked& on, const Value& value, const OutputBinding& output) {
  const HeadSpec& head = on.spec.heads[static_cast<std::size_t>(output.head)];
  const std::int64_t wanted = map_channels(on.spec, head, output.meaning);
  const std::string_view meaning = enum_name(output.meaning);
  if (value.shape && value.shape->is_static()) {
    const std::int64_t elements = value.shape->elements();
    if (elements == wanted * head.map_width * head.map_height) return;
    on.fail(
        fmt::format("heads[{}]: a map of {} x {} cells and {} anchors a cell takes {} values a "
                    "cell of {}, the graph's output '{}' is {}",
                    output.head, head.map_height, head.map_width, anchors_a_cell(head), wanted,
                    meaning, value.name, value.shape->to_string()));
  }
  const auto id = static_cast<ValueId>(&value - on.graph.values.data());
  const std::optional<std::int64_t> found = trace_map(on.graph, id).channels;
  if (!found || *found == wanted) return;
  on.fail(
      fmt::format("heads[{}]: {} anchors a cell take {} channels of {}, the graph's output "
                  "'{}' has {}",
                  output.head, anchors_a_cell(head), wanted, meaning, value.name, *found));
}

/// Rows of `columns` values; any number of rows where `rows` is nothing.
void check_rows(const Checked& on, const Value& value, OutputMeaning meaning, std::int64_t columns,
                std::optional<std::int64_t> rows) {
  const std::optional<std::int64_t> found_columns = dim(value, 1), found_rows = dim(value, 2);
  if (found_columns.value_or(columns) == columns &&
      (!rows || found_rows.value_or(*rows) == *rows)) {
    return;
  }
  on.fail(fmt::format("{}: model.yaml gives {} rows of {} values, the graph's output '{}' is {}",
                      enum_name(meaning), rows ? fmt::format("{}", *rows) : "any number of",
                      columns, value.name, value.shape->to_string()));
}

void check_outputs(const Checked& on) {
  for (std::size_t i = 0; i < on.bindings.outputs.size(); ++i) {
    const OutputBinding& output = on.bindings.outputs[i];
    const Value& value =
        resolve(on, output.tensor, on.graph.outputs, fmt::format("{}.outputs[{}]", on.path, i));
    switch (output.meaning) {
      case OutputMeaning::class_scores:
      case OutputMeaning::box_codes:
      case OutputMeaning::direction: check_head_map(on, value, output); break;
      case OutputMeaning::decoded_boxes: {
        std::int64_t anchors = 0;
        for (const HeadSpec& head : on.spec.heads) anchors += anchors_of(head);
        check_rows(on, value, output.meaning, on.spec.box.velocity ? 9 : 7, anchors);
        break;
      }
      case OutputMeaning::detections:
        check_rows(on, value, output.meaning, 8 + static_cast<std::int64_t>(on.spec.classes.size()),
                   std::nullopt);
        break;
      case OutputMeaning::bev_image:
        if (dim(value, 2).value_or(on.spec.grid.ny()) != on.spec.grid.ny() ||
            dim(value, 1).value_or(on.spec.grid.nx()) != on.spec.grid.nx()) {
          on.fail(fmt::format(
              "grid: model.yaml gives {} rows (ny) and {} columns (nx), the graph's "
              "output '{}' is {}",
              on.spec.grid.ny(), on.spec.grid.nx(), value.name, value.shape->to_string()));
        }
        break;
      case OutputMeaning::pillar_features: break;
    }
  }
}

}  // namespace

void check_against_graphs(const ModelSpec& spec, std::span<const Graph> graphs) {
  if (graphs.size() != spec.graphs.size()) {
    throw Error(ErrorCode::mismatch, fmt::format("graphs: found {} graphs, expected {}",
                                                 graphs.size(), spec.graphs.size()));
  }
  for (std::size_t i = 0; i < graphs.size(); ++i) {
    const Checked checked{spec, spec.graphs[i], graphs[i], fmt::format("graphs[{}]", i)};
    check_inputs(checked);
    check_outputs(checked);
  }
}

}  // namespace colonnade
