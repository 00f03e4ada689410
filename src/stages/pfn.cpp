#include "stages/pfn.hpp"

#include <algorithm>
#include <utility>

#include "frame/features.hpp"

namespace colonnade {

Pfn::Pfn(const PfnRegion& region, const ModelSpec& spec, std::unique_ptr<Session> session)
    : region_(region), spec_(spec), session_(std::move(session)) {
  for (std::size_t i = 0; i < region.graph.inputs.size(); ++i) {
    inputs_.emplace_back(region.graph.values[region.graph.inputs[i]].dtype, region.input_shapes[i]);
  }
  for (const Tensor& input : inputs_) input_views_.push_back(input.view());
  features_.resize(static_cast<std::size_t>(spec.pillars.max_pillars * region.channels));
}

PillarFeatures Pfn::run(const Pillars& pillars) {
  const std::int64_t channels = region_.channels;
  for (std::int64_t first = 0; first < pillars.count; first += region_.chunk) {
    const std::int64_t last = std::min(pillars.count, first + region_.chunk);
    for (std::size_t i = 0; i < inputs_.size(); ++i) {
      fill_input(region_.sources[i], pillars, first, last, region_.chunk, spec_.pillars, spec_.grid,
                 inputs_[i].view());
    }
    session_->run(input_views_);

    const float* answer = session_->outputs()[0].as<float>();
    float* rows = features_.data() + first * channels;
    if (region_.pillars_first) {
      std::copy_n(answer, (last - first) * channels, rows);
      continue;
    }
    for (std::int64_t p = 0; p < last - first; ++p) {
      for (std::int64_t c = 0; c < channels; ++c) {
        rows[p * channels + c] = answer[c * region_.chunk + p];
      }
    }
  }
  return {features_.data(), pillars.count, channels};
}

}  // namespace colonnade
