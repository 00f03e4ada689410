#include <algorithm>
#include <limits>

#include "kernels/linear_pfn/linear_pfn.hpp"

namespace colonnade {
namespace {

constexpr auto kScalars = static_cast<std::size_t>(LinearPfn::kScalars);
constexpr auto kCoordinates = static_cast<std::size_t>(LinearPfn::kCoordinates);

double local(const PillarPoints& pillar, std::int64_t k, std::size_t scalar) {
  const double value = pillar.points[k * LinearPfn::kScalars + static_cast<std::int64_t>(scalar)];
  return scalar < kCoordinates ? value - static_cast<double>(pillar.centre[scalar]) : value;
}

using Shared = std::array<double, 2 * kCoordinates>;

Shared shared_of(const PillarPoints& pillar) {
  Shared shared{};
  for (std::size_t i = 0; i < kCoordinates; ++i) {
    double sum = 0;
    for (std::int64_t k = 0; k < pillar.count; ++k) sum += local(pillar, k, i);
    shared[i] = pillar.centre[i];
    shared[kCoordinates + i] = sum / static_cast<double>(pillar.count);
  }
  return shared;
}

// What the layer makes of point k, before ReLU.
double layer_of(const LinearPfn& layer, const PillarPoints& pillar, const Shared& shared,
                std::int64_t k, std::size_t channel) {
  const auto channels = static_cast<std::size_t>(layer.channels);
  double value = layer.bias[channel];
  for (std::size_t i = 0; i < kScalars; ++i) {
    value += layer.point[i * channels + channel] * local(pillar, k, i);
  }
  for (std::size_t i = 0; i < shared.size(); ++i) {
    value += layer.shared[i * channels + channel] * shared[i];
  }
  return value;
}

double relu(const LinearPfn& layer, double value) {
  return layer.relu ? std::max(value, 0.0) : value;
}

}  // namespace

void linear_pfn_reference(const LinearPfn& layer, const PillarPoints& pillar, float* to) {
  const auto channels = static_cast<std::size_t>(layer.channels);
  const Shared shared = shared_of(pillar);
  if (layer.sum) {
    const SlotSum& sum = *layer.sum;
    const auto outputs = static_cast<std::size_t>(sum.outputs);
    const std::int64_t taps = sum.taps_of(pillar.count);
    std::vector<double> total(sum.rest.begin() + taps * sum.outputs,
                              sum.rest.begin() + (taps + 1) * sum.outputs);
    for (std::int64_t t = 0; t < taps; ++t) {
      for (std::size_t c = 0; c < channels; ++c) {
        const double value = relu(layer, layer_of(layer, pillar, shared, t * sum.step, c));
        const float* weights =
            sum.weights.data() + (static_cast<std::size_t>(t) * channels + c) * outputs;
        for (std::size_t o = 0; o < outputs; ++o) total[o] += value * weights[o];
      }
    }
    std::transform(total.begin(), total.end(), to, [](double v) { return static_cast<float>(v); });
    return;
  }
  for (std::size_t c = 0; c < channels; ++c) {
    double most = -std::numeric_limits<double>::infinity();
    for (std::int64_t k = 0; k < pillar.count; ++k) {
      most = std::max(most, layer_of(layer, pillar, shared, k, c));
    }
    if (layer.free_slots_count && pillar.has_free_slots) {
      most = std::max(most, static_cast<double>(layer.free_slot[c]));
    }
    to[c] = static_cast<float>(relu(layer, most));
  }
}

}  // namespace colonnade
