#include "plan/probe.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cstring>

#include "backends/reference/evaluator.hpp"
#include "base/random.hpp"
#include "colonnade/error.hpp"
#include "frame/features.hpp"

namespace colonnade {
namespace {

float between(Random& random, float low, float high) {
  return low + static_cast<float>(random.uniform()) * (high - low);
}

std::int32_t below(Random& random, std::int64_t n) {
  return static_cast<std::int32_t>(random.uniform() * static_cast<double>(n));
}

std::vector<ConstTensorView> views_of(const std::vector<Tensor>& tensors) {
  std::vector<ConstTensorView> views;
  for (const Tensor& tensor : tensors) views.push_back(tensor.view());
  return views;
}

/// Static exports (NVIDIA's: [10000, 32, 10] -> [320000, 10] -> [10000, 32, 64]) write the pillar
/// count into the constants of their Reshapes. Where it stands outermost, before and after, a
/// pillar keeps its own elements at any count; where it doesn't, shapes won't fit or pillars will
/// mix.
void scale_reshapes(Graph& graph, std::int64_t from, std::int64_t to) {
  if (from < 1 || from == to) return;
  for (Node& node : graph.nodes) {
    if (!std::holds_alternative<op::Reshape>(node.op)) continue;
    const Value target = graph.values[node.inputs[1]];
    if (!target.constant) continue;
    std::vector<std::int64_t> dims = to_int64(target.constant.view());
    const auto outer =
        std::find_if(dims.begin(), dims.end(), [](std::int64_t dim) { return dim != 1; });
    if (outer == dims.end() || *outer < 1 || *outer % from != 0) continue;
    *outer = *outer / from * to;
    node.inputs[1] = graph.add_constant(
        target.name, Tensor::of<std::int64_t>({static_cast<std::int64_t>(dims.size())},
                                              std::span<const std::int64_t>(dims)));
  }
}

}  // namespace

ProbePillars::ProbePillars(const ModelSpec& spec, std::int64_t count, std::uint64_t seed)
    : max_points_(spec.pillars.max_points) {
  Random random(seed);
  const GridSpec& grid = spec.grid;
  const std::int64_t nx = grid.nx(), ny = grid.ny();
  count = std::min(count, nx * ny);
  const auto add_cell = [&](PillarCell cell) {
    const bool known = std::any_of(cells_.begin(), cells_.end(), [&](PillarCell c) {
      return c.ix == cell.ix && c.iy == cell.iy;
    });
    if (!known && static_cast<std::int64_t>(cells_.size()) < count) cells_.push_back(cell);
  };
  const auto last_x = static_cast<std::int32_t>(nx - 1), last_y = static_cast<std::int32_t>(ny - 1);
  for (const PillarCell corner : {PillarCell{last_x, 0}, PillarCell{0, last_y},
                                  PillarCell{last_x, last_y}, PillarCell{0, 0}}) {
    add_cell(corner);
  }
  while (static_cast<std::int64_t>(cells_.size()) < count) {
    add_cell({below(random, nx), below(random, ny)});
  }
  points_.resize(static_cast<std::size_t>(count * max_points_));
  for (std::size_t p = 0; p < cells_.size(); ++p) {
    counts_.push_back(p == 0 ? static_cast<std::int32_t>(max_points_)
                             : 1 + below(random, max_points_));
    for (std::int32_t k = 0; k < counts_.back(); ++k) {
      Point& point =
          points_[p * static_cast<std::size_t>(max_points_) + static_cast<std::size_t>(k)];
      const float x = grid.min[0] + static_cast<float>(cells_[p].ix) * grid.cell[0];
      const float y = grid.min[1] + static_cast<float>(cells_[p].iy) * grid.cell[1];
      point = {between(random, x, x + grid.cell[0]), between(random, y, y + grid.cell[1]),
               between(random, grid.min[2], grid.max[2]), between(random, 0, spec.intensity_max),
               between(random, 0, 1)};
    }
  }
}

std::vector<Tensor> fill_inputs(const BoundGraph& part, const ModelSpec& spec,
                                const Pillars& pillars, std::int64_t padded, const Tensor& features,
                                std::int64_t channels) {
  std::vector<Tensor> tensors;
  for (std::size_t i = 0; i < part.graph.inputs.size(); ++i) {
    if (part.sources[i] == InputSource::pillar_features) {
      tensors.push_back(features);
      continue;
    }
    const Value& value = part.graph.values[part.graph.inputs[i]];
    Tensor tensor(value.dtype, input_shape(value, part.sources[i], spec, padded));
    fill_input(part.sources[i], pillars, 0, pillars.count, padded, spec.pillars, spec.grid,
               tensor.view(), channels);
    tensors.push_back(std::move(tensor));
  }
  return tensors;
}

Pillars ProbePillars::view() const noexcept {
  return {points_.data(), counts_.data(), cells_.data(), static_cast<std::int64_t>(cells_.size()),
          max_points_};
}

Shape input_shape(const Value& declared, InputSource source, const ModelSpec& spec,
                  std::int64_t pillars) {
  const std::int64_t slots = spec.pillars.max_points;
  const auto features = static_cast<std::int64_t>(spec.pillars.features.size());
  const std::size_t rank = declared.shape ? declared.shape->rank() : 0;
  switch (source) {
    case InputSource::points:
      if (rank == 4) {  // [1, P, N, F], or channels first [1, F, P, N].
        return (*declared.shape)[3] == features ? Shape{1, pillars, slots, features}
                                                : Shape{1, features, pillars, slots};
      }
      return {pillars, slots, features};
    case InputSource::x:
    case InputSource::y:
    case InputSource::z:
    case InputSource::intensity:
    case InputSource::center_x:
    case InputSource::center_y:
    case InputSource::mask:
      if (rank == 4 && (*declared.shape)[3] == 1 && (*declared.shape)[1] != 1) {
        return {1, pillars, slots, 1};  // pgf20160610's, beside points [1, P, N, F].
      }
      if (rank == 3) return {1, pillars, slots};
      if (rank == 2) return {pillars, slots};
      return {1, 1, pillars, slots};
    case InputSource::num_points:
      if (rank == 2) return {1, pillars};
      return {pillars};
    case InputSource::coords_bzyx:
    case InputSource::coords_bxyz:
      if (rank == 4) return {1, 1, pillars, 4};
      return {pillars, 4};
    case InputSource::pillar_count:
      if (declared.shape && rank == 0) return {};
      return {1};
    case InputSource::scatterbev_params: return {1, 1, 1, 5};
    case InputSource::pillar_features:
    case InputSource::bev_image: break;
  }
  if (declared.shape && declared.shape->is_static()) return *declared.shape;
  throw Error(ErrorCode::mismatch,
              fmt::format("graph input '{}' has shape {}; expected a static one", declared.name,
                          declared.shape ? declared.shape->to_string() : "unknown"));
}

std::optional<std::int64_t> declared_pillars(const BoundGraph& pfn, const ModelSpec& spec) {
  for (std::size_t i = 0; i < pfn.graph.inputs.size(); ++i) {
    const Value& value = pfn.graph.values[pfn.graph.inputs[i]];
    if (!value.shape || !value.shape->is_static()) continue;
    // The dimension in which shapes for two pillar counts differ is the pillar dimension.
    const Shape one = input_shape(value, pfn.sources[i], spec, 1);
    const Shape two = input_shape(value, pfn.sources[i], spec, 2);
    for (std::size_t axis = 0; axis < one.rank() && axis < value.shape->rank(); ++axis) {
      if (one[axis] != two[axis]) return (*value.shape)[axis];
    }
  }
  return std::nullopt;
}

BoundGraph rebound(BoundGraph part, const ModelSpec& spec, std::int64_t pillars) {
  if (const auto declared = declared_pillars(part, spec)) {
    scale_reshapes(part.graph, *declared, pillars);
  }
  for (std::size_t i = 0; i < part.graph.inputs.size(); ++i) {
    Value& value = part.graph.values[part.graph.inputs[i]];
    value.shape = input_shape(value, part.sources[i], spec, pillars);
  }
  return part;
}

bool pillars_are_independent(const BoundGraph& part, const ModelSpec& spec) {
  constexpr std::int64_t kCount = 3;
  const BoundGraph pfn = rebound(part, spec, kCount);
  const ProbePillars one(spec, kCount, 1), two(spec, kCount, 2);
  // The first pillar is the same (a corner, with `one`'s points); the others differ.
  const auto first_row = [&](const Pillars& rest) {
    std::vector<Point> points(rest.points, rest.points + kCount * rest.max_points);
    std::copy_n(one.view().points, rest.max_points, points.begin());
    std::vector<std::int32_t> counts(rest.counts, rest.counts + kCount);
    counts[0] = one.view().counts[0];
    const Pillars pillars{points.data(), counts.data(), rest.cells, kCount, rest.max_points};
    const std::vector<Tensor> inputs = fill_inputs(pfn, spec, pillars, kCount, {}, 0);
    return evaluate(pfn.graph, views_of(inputs)).front();
  };
  const Tensor a = first_row(one.view()), b = first_row(two.view());
  if (!(a.shape() == b.shape()) || a.dtype() != DType::f32) return false;
  // The pillar axis is the one of kCount entries; the first pillar is its index 0.
  for (std::size_t axis = 0; axis < a.shape().rank(); ++axis) {
    if (a.shape()[axis] != kCount) continue;
    const auto inner = static_cast<std::size_t>(a.shape().elements(axis + 1, a.shape().rank()));
    const auto outer = static_cast<std::size_t>(a.shape().elements(0, axis));
    for (std::size_t o = 0; o < outer; ++o) {
      const std::size_t at = o * kCount * inner;
      if (std::memcmp(a.as<float>() + at, b.as<float>() + at, inner * sizeof(float)) != 0) {
        return false;
      }
    }
    return true;
  }
  return false;
}

void prove_scatter(const BoundGraph& scatter, const ModelSpec& spec, const Shape& features_shape,
                   bool pillars_first, std::int64_t channels, std::int64_t pillars) {
  const std::int64_t real = std::min<std::int64_t>(pillars, 64);
  const ProbePillars probe(spec, real, 3);
  Tensor features(DType::f32, features_shape);
  Random random(4);
  for (std::size_t i = 0; i < features.elements(); ++i)
    features.as<float>()[i] = between(random, -1, 1);

  // A static graph scatters its padding too. Repeating the last pillar there changes nothing; zeros
  // (which some exporters feed) would overwrite cell (0, 0).
  std::vector<Point> points;
  std::vector<std::int32_t> counts;
  std::vector<PillarCell> cells;
  const Pillars view = probe.view();
  for (std::int64_t p = 0; p < pillars; ++p) {
    const std::int64_t q = std::min(p, view.count - 1);
    points.insert(points.end(), view.points + q * view.max_points,
                  view.points + (q + 1) * view.max_points);
    counts.push_back(view.counts[q]);
    cells.push_back(view.cells[q]);
  }
  const auto feature = [&](std::int64_t p, std::int64_t c) -> float& {
    return features.as<float>()[pillars_first ? p * channels + c : c * pillars + p];
  };
  for (std::int64_t p = view.count; p < pillars; ++p) {
    for (std::int64_t c = 0; c < channels; ++c) feature(p, c) = feature(view.count - 1, c);
  }
  const Pillars padded{points.data(), counts.data(), cells.data(), pillars, view.max_points};
  const std::vector<Tensor> inputs =
      fill_inputs(scatter, spec, padded, pillars, features, channels);
  const Tensor image = evaluate(scatter.graph, views_of(inputs)).front();

  const std::int64_t height = spec.grid.ny(), width = spec.grid.nx();
  if (!(image.shape() == Shape{1, channels, height, width})) {
    throw Error(
        ErrorCode::mismatch,
        fmt::format("the graph scatters into {}, but the grid of {} x {} cells and {} "
                    "features need [1,{},{},{}]: check grid in model.yaml",
                    image.shape().to_string(), width, height, channels, channels, height, width));
  }
  Tensor expected(DType::f32, image.shape());
  for (std::int64_t p = 0; p < view.count; ++p) {
    const std::int64_t cell = view.cells[p].iy * width + view.cells[p].ix;
    for (std::int64_t c = 0; c < channels; ++c) {
      expected.as<float>()[c * height * width + cell] = feature(p, c);
    }
  }
  const auto [found, wanted] =
      std::mismatch(image.as<float>(), image.as<float>() + image.elements(), expected.as<float>());
  if (found == image.as<float>() + image.elements()) return;
  const std::int64_t at = found - image.as<float>();
  throw Error(ErrorCode::mismatch,
              fmt::format("the graph's scatter isn't what model.yaml says: at channel {}, row {}, "
                          "column {} it writes {} where {} was expected: check the order of coords "
                          "and the grid",
                          at / (height * width), at / width % height, at % width, *found, *wanted));
}

}  // namespace colonnade
