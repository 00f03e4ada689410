// Element-wise float kernels over strided operands; simple loops that the compiler vectorizes.
#pragma once

#include "graph/ops.hpp"
#include "kernels/elementwise/loop_nest.hpp"

namespace colonnade::cpu {

bool is_fast(op::UnaryKind kind) noexcept;
bool is_fast(op::BinaryKind kind) noexcept;

/// nest: {to, from}.
void compute_unary(op::UnaryKind kind, const LoopNest& nest, float* to, const float* from);
/// nest: {to, a, b}.
void compute_binary(op::BinaryKind kind, const LoopNest& nest, float* to, const float* a,
                    const float* b);

}  // namespace colonnade::cpu
