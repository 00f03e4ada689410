#include "backends/cpu/weight_store.hpp"

namespace colonnade::cpu {

std::shared_ptr<const PackedWeights> WeightStore::get(const Tensor& weights, WeightSource source,
                                                      const Tensor& bias,
                                                      std::int64_t bias_offset) {
  source.data = weights.as<float>();
  const float* shift = bias ? bias.as<float>() + bias_offset : nullptr;
  const Key key{weights.data(), source.offset, source.by_output, source.by_row, source.rows,
                source.columns, shift,         source.outputs};
  const std::lock_guard lock(mutex_);
  Entry& entry = entries_[key];
  if (!entry.packed) {
    entry.weights = weights;
    entry.bias = bias;
    entry.packed = std::make_shared<const PackedWeights>(pack_weights(kernel_, source, shift));
  }
  return entry.packed;
}

}  // namespace colonnade::cpu
