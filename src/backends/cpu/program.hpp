// A compiled graph: simplified once, planned for each set of input shapes.
#pragma once

#include <memory>
#include <span>

#include "backends/backend.hpp"

namespace colonnade::cpu {

/// Backend::choose.
PrecisionChoice choose_precision(Isa isa, Precision requested);

std::shared_ptr<const Program> compile(const Graph& graph, std::span<const Shape> input_shapes,
                                       const CompileOptions& options);

}  // namespace colonnade::cpu
