#include "model/validate.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <utility>

#include "colonnade/error.hpp"

namespace colonnade {
namespace {

using Found = std::optional<Violation>;

constexpr std::int64_t kMaxCells = std::int64_t{1} << 26;  ///< Of the grid.
constexpr std::int64_t kMaxSlots = std::int64_t{1} << 26;  ///< Points in all pillars.
constexpr double kMaxScores = 1 << 26;                     ///< Of all anchors of all heads.
constexpr std::array<char, 3> kAxes{'x', 'y', 'z'};

template <typename... Args>
Found violation(std::string path, fmt::format_string<Args...> format, Args&&... args) {
  return Violation{std::move(path), fmt::format(format, std::forward<Args>(args)...)};
}

template <std::size_t N>
Found check_box(const std::string& path, const std::array<float, N>& min,
                const std::array<float, N>& max) {
  for (std::size_t axis = 0; axis < N; ++axis) {
    if (max[axis] > min[axis]) continue;
    return violation(fmt::format("{}.max[{}]", path, axis), "found {}, expected more than min's {}",
                     max[axis], min[axis]);
  }
  return {};
}

Found check_grid(const GridSpec& grid) {
  if (Found found = check_box("grid", grid.min, grid.max)) return found;
  for (std::size_t axis = 0; axis < 2; ++axis) {
    // Float ranges give 431.99999 cells; a cell size that doesn't divide gives 431.5.
    const double count = (static_cast<double>(grid.max[axis]) - grid.min[axis]) / grid.cell[axis];
    if (count < 0.5 || count > static_cast<double>(kMaxCells) ||
        std::abs(count - std::round(count)) > 0.01) {
      return violation(fmt::format("grid.cell[{}]", axis),
                       "found {}, which gives {:.3f} cells in {} from {} to {}, expected a size "
                       "that divides the range",
                       grid.cell[axis], count, kAxes[axis], grid.min[axis], grid.max[axis]);
    }
  }
  if (grid.nx() > kMaxCells / grid.ny()) {
    return violation("grid.cell", "found {} x {} cells, expected at most {}", grid.nx(), grid.ny(),
                     kMaxCells);
  }
  return {};
}

Found check_pillars(const PillarSpec& pillars) {
  if (pillars.max_points > kMaxSlots / pillars.max_pillars) {
    return violation("pillars.max_points",
                     "found {} for {} pillars, expected at most {} points in all",
                     pillars.max_points, pillars.max_pillars, kMaxSlots);
  }
  for (std::size_t i = 0; i < pillars.features.size(); ++i) {
    const auto end = pillars.features.begin() + static_cast<std::ptrdiff_t>(i);
    if (std::find(pillars.features.begin(), end, pillars.features[i]) != end) {
      return violation(fmt::format("pillars.features[{}]", i),
                       "found a feature twice, expected each once");
    }
  }
  return {};
}

Found check_classes(const std::vector<std::string>& classes) {
  for (std::size_t i = 0; i < classes.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (classes[i] != classes[j]) continue;
      return violation(fmt::format("classes[{}]", i), "found '{}' twice, expected each name once",
                       classes[i]);
    }
  }
  return {};
}

bool same_tensor(const TensorRef& a, const TensorRef& b) {
  return a.name == b.name && a.position == b.position;
}

/// No tensor twice in one graph's list.
template <typename Binding>
Found check_tensors(const std::string& path, const std::vector<Binding>& bindings) {
  for (std::size_t i = 0; i < bindings.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (!same_tensor(bindings[i].tensor, bindings[j].tensor)) continue;
      return violation(fmt::format("{}[{}].tensor", path, i),
                       "found the same tensor as {}[{}], expected each once", path, j);
    }
  }
  return {};
}

bool is_head_map(OutputMeaning meaning) {
  return meaning == OutputMeaning::class_scores || meaning == OutputMeaning::box_codes ||
         meaning == OutputMeaning::direction;
}

/// How often the graphs answer this; of one head, if given.
std::int64_t count_outputs(const ModelSpec& spec, OutputMeaning meaning,
                           std::optional<std::int64_t> head = {}) {
  std::int64_t count = 0;
  for (const GraphSpec& graph : spec.graphs) {
    count += std::count_if(graph.outputs.begin(), graph.outputs.end(),
                           [meaning, head](const OutputBinding& output) {
                             return output.meaning == meaning && (!head || output.head == *head);
                           });
  }
  return count;
}

bool reads(const ModelSpec& spec, InputSource source) {
  for (const GraphSpec& graph : spec.graphs) {
    for (const InputBinding& input : graph.inputs) {
      if (input.source == source) return true;
    }
  }
  return false;
}

Found check_graphs(const ModelSpec& spec) {
  for (std::size_t i = 0; i < spec.graphs.size(); ++i) {
    const GraphSpec& graph = spec.graphs[i];
    const std::string path = fmt::format("graphs[{}]", i);
    if (graph.file.empty() || graph.file.front() == '/') {
      return violation(path + ".file", "found '{}', expected a path relative to model.yaml",
                       graph.file);
    }
    if (Found found = check_tensors(path + ".inputs", graph.inputs)) return found;
    if (Found found = check_tensors(path + ".outputs", graph.outputs)) return found;
    for (std::size_t j = 0; j < graph.outputs.size(); ++j) {
      const OutputBinding& output = graph.outputs[j];
      const auto heads = static_cast<std::int64_t>(spec.heads.size());
      if (!is_head_map(output.meaning) || output.head < heads) continue;
      return violation(fmt::format("{}.outputs[{}].head", path, j),
                       "found {}, expected a head below {}", output.head, heads);
    }
  }
  if (reads(spec, InputSource::points) && spec.pillars.features.empty()) {
    return violation("pillars.features",
                     "found none, expected those of the input whose source is points");
  }
  return {};
}

/// Detections, or decoded boxes with scores, or box codes with scores: for every head.
Found check_answers(const ModelSpec& spec) {
  const std::int64_t detections = count_outputs(spec, OutputMeaning::detections);
  const std::int64_t decoded = count_outputs(spec, OutputMeaning::decoded_boxes);
  if (detections > 1 || decoded > 1 || (detections > 0 && decoded > 0)) {
    return violation("graphs",
                     "found {} outputs of detections and {} of decoded_boxes, expected "
                     "at most one of either",
                     detections, decoded);
  }
  if (detections > 0) return {};
  if (spec.heads.empty()) {
    return violation("heads", "found none, expected the heads whose maps the graphs answer");
  }
  const bool directed = decoded == 0 && spec.post.direction.kind != DirectionKind::none;
  for (std::size_t h = 0; h < spec.heads.size(); ++h) {
    const std::array<std::pair<OutputMeaning, const char*>, 3> needed{{
        {OutputMeaning::class_scores, "class_scores"},
        {OutputMeaning::box_codes, "box_codes"},
        {OutputMeaning::direction, "direction"},
    }};
    const std::array<bool, 3> wanted{true, decoded == 0, directed};
    for (std::size_t k = 0; k < needed.size(); ++k) {
      const std::int64_t count = count_outputs(spec, needed[k].first, static_cast<std::int64_t>(h));
      if (count == (wanted[k] ? 1 : 0)) continue;
      return violation("graphs", "found {} outputs of {} for head {}, expected {}", count,
                       needed[k].second, h, wanted[k] ? 1 : 0);
    }
  }
  return {};
}

Found check_labels(const std::string& path, const std::vector<std::int64_t>& labels,
                   std::int64_t classes) {
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const std::string item = fmt::format("{}[{}]", path, i);
    if (labels[i] >= classes) {
      return violation(item, "found {}, expected an index into the {} classes", labels[i], classes);
    }
    const auto end = labels.begin() + static_cast<std::ptrdiff_t>(i);
    if (std::find(labels.begin(), end, labels[i]) != end) {
      return violation(item, "found {} twice, expected each class once", labels[i]);
    }
  }
  return {};
}

/// Scores that the head's maps hold: cells x anchors x rotations x classes.
double scores_of(const HeadSpec& head) {
  double kinds = 0;
  for (const AnchorSpec& anchor : head.anchors)
    kinds += static_cast<double>(anchor.rotations.size());
  return kinds * static_cast<double>(head.labels.size()) * static_cast<double>(head.map_width) *
         static_cast<double>(head.map_height);
}

Found check_heads(const ModelSpec& spec) {
  const auto classes = static_cast<std::int64_t>(spec.classes.size());
  double scores = 0;
  for (std::size_t h = 0; h < spec.heads.size(); ++h) {
    const HeadSpec& head = spec.heads[h];
    const std::string path = fmt::format("heads[{}]", h);
    if (Found found = check_labels(path + ".labels", head.labels, classes)) return found;
    for (std::size_t a = 0; a < head.anchors.size(); ++a) {
      if (head.anchors[a].label < classes) continue;
      return violation(fmt::format("{}.anchors[{}].label", path, a),
                       "found {}, expected an index into the {} classes", head.anchors[a].label,
                       classes);
    }
    const std::int64_t least = spec.anchor_layout.placement == AnchorPlacement::span ? 2 : 1;
    const auto fits = [least](std::int64_t cells, std::int64_t map) {
      return map >= least && cells % map == 0;
    };
    if (!fits(spec.grid.nx(), head.map_width)) {
      return violation(path + ".map_width", "found {}, expected a divisor of the grid's {} columns",
                       head.map_width, spec.grid.nx());
    }
    if (!fits(spec.grid.ny(), head.map_height)) {
      return violation(path + ".map_height", "found {}, expected a divisor of the grid's {} rows",
                       head.map_height, spec.grid.ny());
    }
    scores += scores_of(head);
    if (scores > kMaxScores) {
      return violation(path + ".anchors",
                       "found {:.3g} scores up to this head, expected at most {}", scores,
                       kMaxScores);
    }
  }
  return {};
}

Found check_post(const PostSpec& post) {
  if (post.top_k_stage == TopKStage::before_threshold && post.top_k == 0) {
    return violation("post.top_k",
                     "found 0, expected a cap, since top_k_stage is before_threshold");
  }
  if (post.nms.plus_one && post.nms.iou != IouKind::axis_aligned) {
    return violation("post.nms.plus_one", "found true, expected false unless iou is axis_aligned");
  }
  if (post.nms.margin != 0 && post.nms.iou != IouKind::rotated) {
    return violation("post.nms.margin", "found {}, expected 0 unless iou is rotated",
                     post.nms.margin);
  }
  if (post.range_filter) {
    return check_box("post.range_filter", post.range_filter->min, post.range_filter->max);
  }
  return {};
}

}  // namespace

std::optional<Violation> find_violation(const ModelSpec& spec) {
  if (Found found = check_grid(spec.grid)) return found;
  if (Found found = check_pillars(spec.pillars)) return found;
  if (Found found = check_classes(spec.classes)) return found;
  if (Found found = check_graphs(spec)) return found;
  if (Found found = check_answers(spec)) return found;
  if (Found found = check_heads(spec)) return found;
  return check_post(spec.post);
}

std::optional<Violation> find_violation(const SensorSpec& spec) {
  constexpr double kTolerance = 1e-4;  // Of matrices that were written with five digits.
  const std::array<double, 9>& r = spec.rotation;
  for (std::size_t i = 0; i < 3; ++i) {
    for (std::size_t j = 0; j < 3; ++j) {
      double dot = 0;
      for (std::size_t k = 0; k < 3; ++k) dot += r[i * 3 + k] * r[j * 3 + k];
      if (std::abs(dot - (i == j ? 1 : 0)) <= kTolerance) continue;
      return violation("rotation", "found rows {} and {} whose product is {:.6g}, expected {}", i,
                       j, dot, i == j ? 1 : 0);
    }
  }
  const double determinant = r[0] * (r[4] * r[8] - r[5] * r[7]) -
                             r[1] * (r[3] * r[8] - r[5] * r[6]) +
                             r[2] * (r[3] * r[7] - r[4] * r[6]);
  if (determinant < 0) {
    return violation("rotation", "found a reflection, expected a rotation (determinant 1)");
  }
  if (spec.intensity_clamp[0] > spec.intensity_clamp[1]) {
    return violation("intensity_clamp", "found {} above {}, expected the lower bound first",
                     spec.intensity_clamp[0], spec.intensity_clamp[1]);
  }
  if (spec.self_box) return check_box("self_box", spec.self_box->min, spec.self_box->max);
  return {};
}

void validate(const ModelSpec& spec, const std::string& where) {
  if (const Found found = find_violation(spec)) {
    throw Error(ErrorCode::invalid_argument, where, found->path + ": " + found->message);
  }
}

}  // namespace colonnade
