#include "backends/cpu/weight_store.hpp"

namespace colonnade::cpu {

WeightStore::Entry& WeightStore::entry(const Tensor& weights, const WeightSource& source,
                                       const Tensor& bias, const float* shift,
                                       const LayerKernels::Choice& choice) {
  const Key key{weights.data(), source.offset, source.by_output, source.by_row, source.rows,
                source.columns, shift,         source.outputs,   choice.kernel, choice.input.get()};
  Entry& entry = entries_[key];
  entry.weights = weights;
  entry.bias = bias;
  return entry;
}

std::shared_ptr<const PackedWeights> WeightStore::get(const Tensor& weights, WeightSource source,
                                                      const Tensor& bias, std::int64_t bias_offset,
                                                      const LayerKernels::Choice& choice,
                                                      std::int64_t first_input) {
  source.data = weights.as<float>();
  const float* shift = bias ? bias.as<float>() + bias_offset : nullptr;
  const std::lock_guard lock(mutex_);
  const ByteInput bytes = choice.input ? choice.input->from(first_input) : ByteInput();
  Entry& known = entry(weights, source, bias, shift, choice);
  if (!known.packed) {
    known.packed = std::make_shared<const PackedWeights>(
        pack_weights(kernel_of(choice), source, shift, bytes));
  }
  return known.packed;
}

std::shared_ptr<const WinogradWeights> WeightStore::get_winograd(
    const Tensor& weights, WeightSource source, const Tensor& bias,
    const LayerKernels::Choice& choice) {
  source.data = weights.as<float>();
  const float* shift = bias ? bias.as<float>() : nullptr;
  const std::lock_guard lock(mutex_);
  Entry& known = entry(weights, source, bias, shift, choice);
  if (!known.winograd) {
    known.winograd =
        std::make_shared<const WinogradWeights>(pack_winograd(kernel_of(choice), source, shift));
  }
  return known.winograd;
}

}  // namespace colonnade::cpu
