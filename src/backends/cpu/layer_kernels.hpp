// Which kernel multiplies in which layer.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "backends/backend.hpp"
#include "kernels/conv/kernel.hpp"
#include "kernels/conv/pack.hpp"

namespace colonnade::cpu {

/// One for all who use it: equal if they are one.
using Scales = std::shared_ptr<const std::vector<float>>;

/// How a map becomes bytes, by channel. See ByteInput.
struct ByteMap {
  Scales scales;
  std::vector<float> background, background_bytes;  ///< Empty: zero.

  /// From `first_input` on.
  ByteInput from(std::int64_t first_input) const;
};

class LayerKernels {
 public:
  /// All float32.
  LayerKernels() = default;
  /// Error(invalid_argument): INT8 without ranges.
  explicit LayerKernels(const CompileOptions& options);

  struct Choice {
    const ConvKernel* kernel = nullptr;      ///< Null: float32's.
    std::shared_ptr<const ByteMap> input{};  ///< Of INT8.

    Scales input_scales() const { return input ? input->scales : nullptr; }
  };
  /// Of a layer of that name that reads so many channels, with so many products a sum. INT8 needs
  /// to know what its input reaches, and that it's never negative; else the next precision stands
  /// in.
  Choice of(const std::string& layer, const std::string& input, std::int64_t channels,
            std::int64_t products) const;
  /// What stands in where INT8 can't; null: float32's.
  const ConvKernel* bf16() const noexcept { return bf16_; }

 private:
  Precision precision_ = Precision::fp32;
  std::map<std::string, Precision> layers_;  ///< Those with a precision of their own.
  std::map<std::string, std::shared_ptr<const ByteMap>> maps_;  ///< By tensor, never negative.
  const ConvKernel *int8_ = nullptr, *bf16_ = nullptr;  ///< Null: not had, or not asked for.
};

}  // namespace colonnade::cpu
