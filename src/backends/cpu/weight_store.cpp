#include "backends/cpu/weight_store.hpp"

namespace colonnade::cpu {

WeightStore::Entry& WeightStore::entry(const Tensor& weights, const WeightSource& source,
                                       const Tensor& bias, const float* shift,
                                       Precision precision) {
  const Key key{weights.data(), source.offset, source.by_output, source.by_row, source.rows,
                source.columns, shift,         source.outputs,   precision};
  Entry& entry = entries_[key];
  entry.weights = weights;
  entry.bias = bias;
  return entry;
}

std::shared_ptr<const PackedWeights> WeightStore::get(const Tensor& weights, WeightSource source,
                                                      const Tensor& bias, std::int64_t bias_offset,
                                                      Precision precision) {
  source.data = weights.as<float>();
  const float* shift = bias ? bias.as<float>() + bias_offset : nullptr;
  const std::lock_guard lock(mutex_);
  const ConvKernel& kernel = precision == Precision::fp32 ? kernel_ : *reduced_;
  Entry& known = entry(weights, source, bias, shift, precision);
  if (!known.packed) {
    known.packed = std::make_shared<const PackedWeights>(pack_weights(kernel, source, shift));
  }
  return known.packed;
}

std::shared_ptr<const WinogradWeights> WeightStore::get_winograd(const Tensor& weights,
                                                                 WeightSource source,
                                                                 const Tensor& bias) {
  source.data = weights.as<float>();
  const float* shift = bias ? bias.as<float>() : nullptr;
  const std::lock_guard lock(mutex_);
  Entry& known = entry(weights, source, bias, shift, Precision::fp32);
  if (!known.winograd) {
    known.winograd = std::make_shared<const WinogradWeights>(pack_winograd(kernel_, source, shift));
  }
  return known.winograd;
}

}  // namespace colonnade::cpu
