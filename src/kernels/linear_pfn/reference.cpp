#include <algorithm>
#include <limits>

#include "kernels/linear_pfn/linear_pfn.hpp"

namespace colonnade {
namespace {

constexpr auto kScalars = static_cast<std::size_t>(LinearPfn::kScalars);
constexpr auto kCoordinates = static_cast<std::size_t>(LinearPfn::kCoordinates);

}  // namespace

void linear_pfn_reference(const LinearPfn& layer, const PillarPoints& pillar, float* to) {
  const auto local = [&](std::int64_t k, std::size_t scalar) {
    const double value = pillar.points[k * LinearPfn::kScalars + static_cast<std::int64_t>(scalar)];
    return scalar < kCoordinates ? value - static_cast<double>(pillar.centre[scalar]) : value;
  };
  std::array<double, 2 * kCoordinates> shared{};
  for (std::size_t i = 0; i < kCoordinates; ++i) {
    double sum = 0;
    for (std::int64_t k = 0; k < pillar.count; ++k) sum += local(k, i);
    shared[i] = pillar.centre[i];
    shared[kCoordinates + i] = sum / static_cast<double>(pillar.count);
  }
  const auto channels = static_cast<std::size_t>(layer.channels);
  for (std::size_t c = 0; c < channels; ++c) {
    double most = -std::numeric_limits<double>::infinity();
    for (std::int64_t k = 0; k < pillar.count; ++k) {
      double value = layer.bias[c];
      for (std::size_t i = 0; i < kScalars; ++i)
        value += layer.point[i * channels + c] * local(k, i);
      for (std::size_t i = 0; i < shared.size(); ++i) {
        value += layer.shared[i * channels + c] * shared[i];
      }
      most = std::max(most, value);
    }
    if (layer.free_slots_count && pillar.has_free_slots) {
      most = std::max(most, static_cast<double>(layer.free_slot[c]));
    }
    to[c] = static_cast<float>(layer.relu ? std::max(most, 0.0) : most);
  }
}

}  // namespace colonnade
