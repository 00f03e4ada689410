// Packed weights, made once and shared by a program's plans.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <tuple>

#include "backends/cpu/layer_kernels.hpp"
#include "kernels/conv/pack.hpp"
#include "kernels/conv/winograd.hpp"

namespace colonnade::cpu {

class WeightStore {
 public:
  explicit WeightStore(Isa isa) : kernel_(conv_kernel(isa)) {}

  /// `source.data` points into `weights`; `bias` may be empty, else it starts at `bias_offset`.
  /// No kernel: float32's. `first_input`: of the choice's map.
  std::shared_ptr<const PackedWeights> get(const Tensor& weights, WeightSource source,
                                           const Tensor& bias, std::int64_t bias_offset = 0,
                                           const LayerKernels::Choice& choice = {},
                                           std::int64_t first_input = 0);
  /// Of a convolution of one group. No kernel: float32's.
  std::shared_ptr<const WinogradWeights> get_winograd(const Tensor& weights, WeightSource source,
                                                      const Tensor& bias,
                                                      const LayerKernels::Choice& choice);
  /// What was given out stays.
  void clear() { entries_.clear(); }

 private:
  using Key = std::tuple<const void*, std::int64_t, std::int64_t, std::int64_t, std::int64_t,
                         std::int64_t, const void*, std::int64_t, const ConvKernel*, const void*>;
  struct Entry {
    Tensor weights, bias;  // Held, so that no other constant gets their address.
    std::shared_ptr<const PackedWeights> packed;
    std::shared_ptr<const WinogradWeights> winograd;
  };
  Entry& entry(const Tensor& weights, const WeightSource& source, const Tensor& bias,
               const float* shift, const LayerKernels::Choice& choice);
  const ConvKernel& kernel_of(const LayerKernels::Choice& choice) const {
    return choice.kernel == nullptr ? kernel_ : *choice.kernel;
  }

  const ConvKernel& kernel_;
  std::mutex mutex_;
  std::map<Key, Entry> entries_;
};

}  // namespace colonnade::cpu
