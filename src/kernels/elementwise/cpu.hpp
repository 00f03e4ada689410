// Element-wise float kernels over strided operands; simple loops that the compiler vectorizes.
#pragma once

#include <limits>
#include <variant>

#include "graph/ops.hpp"
#include "kernels/elementwise/loop_nest.hpp"

namespace colonnade::cpu {

/// min(max(x, min), max), in this order; NaN stays.
struct Clamp {
  float min = -std::numeric_limits<float>::infinity();
  float max = std::numeric_limits<float>::infinity();
};

/// A function of one float.
using UnaryFunction = std::variant<op::UnaryKind, op::LeakyRelu, op::Elu, op::HardSigmoid, Clamp>;

bool is_fast(const UnaryFunction& function) noexcept;
bool is_fast(op::BinaryKind kind) noexcept;

/// nest: {to, from}.
void compute_unary(const UnaryFunction& function, const LoopNest& nest, float* to,
                   const float* from);
/// nest: {to, a, b}.
void compute_binary(op::BinaryKind kind, const LoopNest& nest, float* to, const float* a,
                    const float* b);

}  // namespace colonnade::cpu
