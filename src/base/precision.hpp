// How many bits a network's products are computed with.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace colonnade {

/// Sums are of float32 in all of them but int8, whose are of int32.
enum class Precision : std::uint8_t { fp32, tf32, bf16, fp16, int8 };

/// "fp32", "tf32", "bf16", "fp16", "int8".
std::string_view precision_name(Precision precision) noexcept;

/// Error(invalid_argument) lists the names.
Precision parse_precision(const std::string& name);

/// What is asked for allows less precision; what a machine makes of it is another thing. Both are
/// always told.
struct PrecisionChoice {
  Precision requested = Precision::fp32, effective = Precision::fp32;
  std::string reason;  ///< Why they differ; empty where they don't.

  /// "bf16", or "requested bf16, effective fp32: this CPU has no AVX512_BF16".
  std::string text() const;
};

}  // namespace colonnade
