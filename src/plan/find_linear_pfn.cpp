#include "plan/find_linear_pfn.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "backends/reference/evaluator.hpp"
#include "colonnade/error.hpp"
#include "frame/features.hpp"
#include "passes/fold_constants.hpp"
#include "plan/pfn_layer.hpp"
#include "plan/pillar_points.hpp"
#include "plan/subgraph.hpp"

namespace colonnade {
namespace {

constexpr std::int64_t kPillars = 37;  ///< Of a probe.
constexpr std::array kFeatures{
    PointFeature::x,         PointFeature::y,        PointFeature::z,
    PointFeature::intensity, PointFeature::dt,       PointFeature::mean_dx,
    PointFeature::mean_dy,   PointFeature::mean_dz,  PointFeature::center_dx,
    PointFeature::center_dy, PointFeature::center_dz};
/// SmallMunich's mask, which some graphs keep as a feature: 1 where the slot holds a point.
constexpr std::size_t kHoldsPoint = kFeatures.size();
constexpr std::size_t kColumns = kFeatures.size() + 1;

/// Two sides round a mean of `largest` metres differently by less: a few units in the last place.
constexpr float kRounding = 2e-6f;

std::vector<Tensor> run(const Graph& graph, const std::vector<Tensor>& inputs) {
  std::vector<ConstTensorView> views;
  for (const Tensor& input : inputs) views.push_back(input.view());
  return evaluate(graph, views);
}

/// Where feature f of slot k of pillar p lies: p * pillar + k * slot + f * feature.
struct FeatureLayout {
  std::int64_t pillar = 0, slot = 0, feature = 0;
};

/// Which of kFeatures, or kHoldsPoint, each of the product's inputs is; free slots are zero.
struct Columns {
  FeatureLayout layout;
  std::vector<std::size_t> features;
  std::array<float, 3> first_centre{};
};

std::optional<Columns> match(const Tensor& found, const std::vector<float>& known,
                             const FeatureLayout& layout, std::int64_t columns, std::int64_t slots,
                             float tolerance) {
  Columns result{layout, {}, {}};
  for (std::int64_t f = 0; f < columns; ++f) {
    std::size_t which = 0;
    for (; which < kColumns; ++which) {
      bool equal = true;
      for (std::int64_t p = 0; p < kPillars && equal; ++p) {
        for (std::int64_t k = 0; k < slots && equal; ++k) {
          const float is =
              found.as<float>()[p * layout.pillar + k * layout.slot + f * layout.feature];
          const float would_be = known[static_cast<std::size_t>(p * slots + k) * kColumns + which];
          equal = std::fabs(is - would_be) <= tolerance;
        }
      }
      if (equal) break;
    }
    if (which == kColumns) return {};
    result.features.push_back(which);
  }
  return result;
}

class Search {
 public:
  Search(const BoundGraph& part, const ModelSpec& spec, bool pillars_first)
      : spec_(spec),
        slots_(spec.pillars.max_points),
        pillars_first_(pillars_first),
        part_(rebound(part, spec, kPillars)),
        probe_(spec, kPillars, 5),
        inputs_(fill_inputs(part_, spec, probe_.view(), kPillars, {}, 0)) {
    part_.graph = fold_constants(part_.graph);
  }

  LinearPfn find() {
    if (probe_.view().count < kPillars) throw NotLinear{"the grid has too few cells to try it on"};
    const PfnLayer layer = find_pfn_layer(part_.graph);
    const Columns columns = name_features(layer);
    LinearPfn found = read_weights(layer, columns);
    if (layer.sum) found.sum = with_free_slots(*layer.sum, found);
    for (const bool count : {true, false}) {
      found.free_slots_count = count;
      if (agrees(found)) return found;
    }
    throw NotLinear{"its answer isn't what one linear layer gives"};
  }

 private:
  float largest_coordinate() const {
    float largest = 1;
    for (std::size_t i = 0; i < 3; ++i) {
      largest = std::max({largest, std::fabs(spec_.grid.min[i]), std::fabs(spec_.grid.max[i])});
    }
    return largest;
  }

  /// What graphs compute for themselves whatever model.yaml says.
  std::array<float, 3> middle_of_first_cell() const {
    const GridSpec& grid = spec_.grid;
    return {grid.min[0] + grid.cell[0] / 2, grid.min[1] + grid.cell[1] / 2,
            (grid.min[2] + grid.max[2]) / 2};
  }

  /// [kPillars][slots][kColumns]
  std::vector<float> known_columns(const std::array<float, 3>& first_centre) const {
    PillarSpec all = spec_.pillars;
    all.center = first_centre;
    all.features.assign(kFeatures.begin(), kFeatures.end());
    const Pillars pillars = probe_.view();
    Tensor features(DType::f32, {kPillars, slots_, static_cast<std::int64_t>(kFeatures.size())});
    fill_input(InputSource::points, pillars, 0, kPillars, kPillars, all, spec_.grid,
               features.view());
    std::vector<float> known;
    const float* from = features.as<float>();
    for (std::int64_t p = 0; p < kPillars; ++p) {
      for (std::int64_t k = 0; k < slots_; ++k, from += kFeatures.size()) {
        known.insert(known.end(), from, from + kFeatures.size());
        known.push_back(k < pillars.counts[p] ? 1.0f : 0.0f);
      }
    }
    return known;
  }

  Columns name_features(const PfnLayer& layer) {
    const Tensor found = run(extract_subgraph(part_.graph, part_.graph.inputs,
                                              std::vector{layer.features}, "features"),
                             inputs_)
                             .front();
    features_shape_ = found.shape();
    const std::int64_t points = kPillars * slots_;
    const std::int64_t columns = found.shape().elements() / points;
    if (found.dtype() != DType::f32 || columns * points != found.shape().elements() ||
        columns < 1 || columns >= kPillars) {
      throw NotLinear{fmt::format("{} isn't a few features a point", found.shape().to_string())};
    }
    for (const std::array<float, 3>& centre : {spec_.pillars.center, middle_of_first_cell()}) {
      const std::vector<float> known = known_columns(centre);
      for (const FeatureLayout& layout :
           {FeatureLayout{slots_ * columns, columns, 1}, FeatureLayout{slots_, 1, points},
            FeatureLayout{slots_ * columns, 1, slots_}}) {
        auto result =
            match(found, known, layout, columns, slots_, kRounding * largest_coordinate());
        if (!result) continue;
        result->first_centre = centre;
        return *result;
      }
    }
    throw NotLinear{
        "a feature is none of a point's scalars, its distance from the mean or the "
        "centre of its pillar, or isn't zero in free slots"};
  }

  /// Without ReLU, and with all slots of a pillar the same, the rest of the graph is W f + b.
  LinearPfn read_weights(const PfnLayer& layer, const Columns& columns) const {
    constexpr float kScale = 1024;  // W f beside b: so b's rounding is none of W's.
    const Graph rest = extract_subgraph(layer.without_relu, std::vector{layer.features},
                                        layer.without_relu.outputs, "layer");
    std::vector<Tensor> input;
    input.emplace_back(DType::f32, features_shape_);
    const auto count = static_cast<std::int64_t>(columns.features.size());
    const FeatureLayout& at = columns.layout;
    for (std::int64_t f = 0; f < count; ++f) {  // Pillar f has feature f alone, others none.
      for (std::int64_t k = 0; k < slots_; ++k) {
        input[0].as<float>()[f * at.pillar + k * at.slot + f * at.feature] = kScale;
      }
    }
    const Tensor answer = run(rest, input).front();
    LinearPfn result;
    const auto copies = layer.sum ? slots_ : 1;  // One a slot, before they're added up.
    result.channels = answer.shape().elements() / kPillars / copies;
    result.relu = layer.relu;
    result.first_centre = columns.first_centre;
    const auto channels = static_cast<std::size_t>(result.channels);
    std::vector<double> point(LinearPfn::kScalars * channels),
        shared(LinearPfn::kShared * channels);
    for (std::size_t c = 0; c < channels; ++c) {
      const auto value = [&](std::int64_t pillar) {
        const std::size_t at_slot = layer.sum ? (c * kPillars + static_cast<std::size_t>(pillar)) *
                                                    static_cast<std::size_t>(slots_)
                                              : index_of(pillar, c, channels);
        return static_cast<double>(answer.as<float>()[at_slot]);
      };
      const double free_slot = value(count);
      double bias = free_slot;
      for (std::int64_t f = 0; f < count; ++f) {
        const double weight = (value(f) - free_slot) / kScale;
        const std::size_t which = columns.features[static_cast<std::size_t>(f)];
        if (which == kHoldsPoint) {
          bias += weight;
        } else {
          add(kFeatures[which], weight, c, channels, point, shared);
        }
      }
      result.bias.push_back(static_cast<float>(bias));
      result.free_slot.push_back(static_cast<float>(free_slot));
    }
    const auto rounded = [](double weight) { return static_cast<float>(weight); };
    std::transform(point.begin(), point.end(), std::back_inserter(result.point), rounded);
    std::transform(shared.begin(), shared.end(), std::back_inserter(result.shared), rounded);
    return result;
  }

  /// A feature's weight becomes one of the point's scalar, taken from the centre, and of what makes
  /// up for that.
  static void add(PointFeature feature, double weight, std::size_t channel, std::size_t channels,
                  std::vector<double>& point, std::vector<double>& shared) {
    const auto number = static_cast<std::size_t>(feature);
    constexpr auto kX = static_cast<std::size_t>(PointFeature::x);
    constexpr auto kMean = static_cast<std::size_t>(PointFeature::mean_dx);
    constexpr auto kCentre = static_cast<std::size_t>(PointFeature::center_dx);
    constexpr auto kAxes = static_cast<std::size_t>(LinearPfn::kCoordinates);
    if (number >= kCentre) {  // p - centre: what is left of the point.
      point[(number - kCentre) * channels + channel] += weight;
    } else if (number >= kMean) {  // (p - centre) - (mean - centre).
      point[(number - kMean) * channels + channel] += weight;
      shared[(kAxes + number - kMean) * channels + channel] -= weight;
    } else {
      point[(number - kX) * channels + channel] += weight;
      if (number < kAxes) shared[number * channels + channel] += weight;  // (p - centre) + centre.
    }
  }

  std::size_t index_of(std::int64_t pillar, std::size_t channel, std::size_t channels) const {
    const auto p = static_cast<std::size_t>(pillar);
    return pillars_first_ ? p * channels + channel : channel * kPillars + p;
  }

  bool agrees(const LinearPfn& layer) const {
    const Tensor expected = run(part_.graph, inputs_).front();
    const Pillars pillars = probe_.view();
    const auto channels = static_cast<std::size_t>(layer.outputs());
    if (expected.elements() != channels * static_cast<std::size_t>(kPillars)) return false;
    const std::vector<float> tolerances =
        layer.sum ? through(*layer.sum, tolerances_of(layer)) : tolerances_of(layer);
    std::vector<float> row(channels);
    for (std::int64_t p = 0; p < kPillars; ++p) {
      linear_pfn_reference(layer, points_of(pillars, p, layer, spec_.grid), row.data());
      for (std::size_t c = 0; c < channels; ++c) {
        const float error = std::fabs(row[c] - expected.as<float>()[index_of(p, c, channels)]);
        if (!(error <= tolerances[c])) return false;
      }
    }
    return true;
  }

  /// By channel: what rounding may make of the largest that its terms can be.
  std::vector<float> tolerances_of(const LinearPfn& layer) const {
    const float metres = largest_coordinate();
    const std::array<float, LinearPfn::kScalars> largest{metres, metres, metres,
                                                         spec_.intensity_max, 1};
    std::vector<float> tolerances;
    for (std::size_t c = 0; c < layer.bias.size(); ++c) {
      float terms = std::fabs(layer.bias[c]) + std::fabs(layer.free_slot[c]);
      for (std::size_t i = 0; i < largest.size(); ++i) {
        terms += std::fabs(layer.point[i * layer.bias.size() + c]) * largest[i];
      }
      for (std::size_t i = c; i < layer.shared.size(); i += layer.bias.size()) {
        terms += std::fabs(layer.shared[i]) * metres;
      }
      tolerances.push_back(kRounding * terms);
    }
    return tolerances;
  }

  /// By output of the sum.
  static std::vector<float> through(const SlotSum& sum, const std::vector<float>& tolerances) {
    std::vector<float> result(static_cast<std::size_t>(sum.outputs), kRounding);
    for (std::size_t i = 0; i < sum.weights.size(); ++i) {
      const std::size_t channel = i / result.size() % tolerances.size();
      result[i % result.size()] += std::fabs(sum.weights[i]) * tolerances[channel];
    }
    return result;
  }

  /// rest[t] is what taps t and on give where none of their slots holds a point.
  static SlotSum with_free_slots(SlotSum sum, const LinearPfn& layer) {
    const auto outputs = static_cast<std::size_t>(sum.outputs);
    const auto channels = static_cast<std::size_t>(layer.channels);
    std::vector<double> row(sum.rest.end() - sum.outputs, sum.rest.end());
    for (auto t = static_cast<std::size_t>(sum.taps); t-- > 0;) {
      for (std::size_t c = 0; c < channels; ++c) {
        const double value = layer.relu ? std::max(layer.free_slot[c], 0.0f) : layer.free_slot[c];
        for (std::size_t o = 0; o < outputs; ++o) {
          row[o] += value * sum.weights[(t * channels + c) * outputs + o];
        }
      }
      for (std::size_t o = 0; o < outputs; ++o) {
        sum.rest[t * outputs + o] = static_cast<float>(row[o]);
      }
    }
    return sum;
  }

  const ModelSpec& spec_;
  std::int64_t slots_;
  bool pillars_first_;
  BoundGraph part_;
  ProbePillars probe_;
  std::vector<Tensor> inputs_;
  Shape features_shape_;
};

}  // namespace

std::optional<LinearPfn> find_linear_pfn(const BoundGraph& part, const ModelSpec& spec,
                                         bool pillars_first, std::string& why_not) {
  try {
    return Search(part, spec, pillars_first).find();
  } catch (const NotLinear& reason) {
    why_not = reason.why;
  } catch (const Error& error) {
    why_not = error.what();
  }
  return std::nullopt;
}

}  // namespace colonnade
