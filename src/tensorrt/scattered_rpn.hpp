// An RPN that takes a sweep's pillars in place of their image.
#pragma once

#include <cstddef>
#include <string>

#include "graph/graph.hpp"

namespace colonnade {

inline constexpr const char* kPillarFeatures = "pillar_features";  ///< float32 [pillars, channels]
/// int32 [pillars, 1]: iy width + ix. TensorRT 8 has no larger integers.
inline constexpr const char* kPillarRows = "pillar_rows";

/// Outputs are called "output_0", "output_1", ...: a library may list them in another order.
std::string scattered_output(std::size_t position);

/// `rpn`, whose only input is the BEV image [1, C, H, W], behind a scatter of rows: a sweep's few
/// thousand pillars are copied to a device, not an image of mostly zeros. The number of pillars is
/// dynamic. Error(mismatch): the input is no such image, or an output is there twice.
Graph scattered_rpn(const Graph& rpn);

}  // namespace colonnade
