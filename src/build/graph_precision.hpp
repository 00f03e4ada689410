// A precision said in a graph, for whoever takes types from it: casts, or INT8's Q and DQ nodes.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/precision.hpp"
#include "build/precisions.hpp"
#include "build/source.hpp"
#include "detector/engine_body.hpp"
#include "tensorrt/prepare.hpp"

#include "colonnade/build.hpp"

namespace colonnade {

struct AskedGraphPrecision {
  Precision precision = Precision::fp32;
  CalibrationSource calibration;       ///< Of INT8.
  std::vector<std::string> left_wide;  ///< Layers that stay float32 in INT8.
};

/// Of `options` the precision, layers and what INT8 goes by; nothing is run. Errors as
/// calibration_source's; unsupported: a layer of another precision than fp32 in INT8.
AskedGraphPrecision asked_graph_precision(const BuildOptions& options);

/// What the network's maps reach, in INT8; else nothing. The network runs on the CPU. `proven` is
/// the source's model where it was proven already. Errors as calibrate's.
std::optional<EngineCalibration> calibrate_graph_precision(const AskedGraphPrecision& asked,
                                                           const BuildSource& source,
                                                           const std::optional<ProvenModel>& proven,
                                                           const BuildOptions& options);

/// reduce_precision for fp16 and bf16, quantize_convolutions for int8, nothing for others; says in
/// the notes what was done. In INT8 each convolution and its precision. Error(invalid_argument):
/// int8 of a graph that is quantized.
std::vector<EnginePrecision::Layer> say_precision(
    PreparedGraph& prepared, const AskedGraphPrecision& asked,
    const std::optional<EngineCalibration>& calibration);

bool is_quantized(const Graph& graph);

}  // namespace colonnade
