// ONNX bytes -> TensorRT plan, by a library of this machine. No GPU is needed where the library
// needs none (TensorRT-RTX).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/shape.hpp"
#include "colonnade/log.hpp"
#include "tensorrt/libraries.hpp"

namespace colonnade {

struct PlanProfile {
  std::string input;
  Shape min, opt, max;
};

struct PlanOptions {
  std::uint64_t workspace = 0;  ///< Bytes; 0: the library's own bound.
  bool tf32 = false;
  LogCallback log;  ///< The library's warnings: debug.
};

/// `profiles` are of all inputs with dynamic dimensions. Error(unsupported): what the parser
/// refuses, all of it, node by node; or what the builder says.
std::vector<std::byte> build_tensorrt_plan(const TensorRtLibrary& library,
                                           std::span<const std::byte> onnx,
                                           std::span<const PlanProfile> profiles,
                                           const PlanOptions& options = {});

}  // namespace colonnade
