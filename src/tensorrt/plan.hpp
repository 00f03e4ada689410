// ONNX bytes -> TensorRT plan, by a library of this machine. No GPU is needed where the library
// needs none (TensorRT-RTX).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/precision.hpp"
#include "colonnade/log.hpp"
#include "graph/profile.hpp"
#include "tensorrt/libraries.hpp"

namespace colonnade {

enum class PlanHardware : std::uint8_t { this_one, ampere_plus, same_compute_capability };

struct PlanOptions {
  std::uint64_t workspace = 0;  ///< Bytes; 0: the library's own bound.
  /// What float32 may be computed with, where the library chooses types (chooses_types); elsewhere
  /// fp32 or tf32, and the rest is in the graph (reduce_precision). int8 is always there
  /// (quantize_convolutions), and the rest float32.
  Precision precision = Precision::fp32;
  bool version_compatible = false;
  PlanHardware hardware = PlanHardware::this_one;
  bool keep_timings = false;  ///< Use `timings`, which may be none yet, and give them back.
  std::span<const std::byte> timings;
  LogCallback log;  ///< The library's warnings: debug.
};

struct BuiltPlan {
  std::vector<std::byte> plan, timings;
};

/// TensorRT 8 and 10 choose layers' types by flags; 11 and RTX take them from the graph.
bool chooses_types(const TensorRtLibrary& library) noexcept;

/// `profiles` are of all inputs with dynamic dimensions, and of them alone; `quantized`: the graph
/// has Q/DQ nodes.
/// Error(unsupported): what the parser refuses, all of it, node by node, with what would help; or
/// what the builder says.
BuiltPlan build_tensorrt_plan(const TensorRtLibrary& library, std::span<const std::byte> onnx,
                              std::span<const OptimizationProfile> profiles, bool quantized,
                              const PlanOptions& options = {});

}  // namespace colonnade
