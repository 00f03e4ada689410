#include "measure/profile.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

namespace colonnade {

void Profile::add(const LayerRun& run) {
  const auto is_it = [&](const Layer& layer) { return layer.profile.name == run.name; };
  if (next_ >= layers_.size() || !is_it(layers_[next_])) {
    const auto at = std::find_if(layers_.begin(), layers_.end(), is_it);
    next_ = static_cast<std::size_t>(at - layers_.begin());
    if (at == layers_.end()) {
      LayerProfile& layer = layers_.emplace_back().profile;
      layer.name = run.name;
      layer.kind = run.kind;
      layer.precision = run.precision;
      // Runs in which it wasn't there: not every input takes every layer.
      layer.ms.resize(static_cast<std::size_t>(runs_));
    }
  }
  layers_[next_].ms += run.ms;
  layers_[next_].flop += run.flop;
  ++next_;
}

void Profile::end_run() {
  for (Layer& layer : layers_) {
    layer.profile.ms.push_back(std::exchange(layer.ms, 0));
    layer.profile.flop += std::exchange(layer.flop, 0);
  }
  next_ = 0;
  ++runs_;
}

void Profile::clear() {
  for (Layer& layer : layers_) {
    layer.profile.ms.clear();
    layer.profile.flop = layer.ms = layer.flop = 0;
  }
  next_ = 0;
  runs_ = 0;
}

std::vector<LayerProfile> Profile::layers() const {
  std::vector<LayerProfile> result;
  for (const Layer& layer : layers_) result.push_back(layer.profile);
  return result;
}

double sum_of(const std::vector<double>& ms) {
  return std::accumulate(ms.begin(), ms.end(), 0.0);
}

}  // namespace colonnade
