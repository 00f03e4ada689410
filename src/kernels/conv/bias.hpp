// The optional third input of convolutions.
#pragma once

#include <fmt/core.h>

#include <vector>

#include "colonnade/error.hpp"
#include "kernels/type_rules.hpp"
#include "kernels/widen.hpp"

namespace colonnade::reference {

/// Error(mismatch) unless input 2, if given, is [channels].
inline void require_bias(std::span<const TypeInfo> in, std::int64_t channels) {
  if (!is_given(in, 2) || !in[2].shape) return;
  require_same_type(in, 0, 2);
  const Shape& shape = *in[2].shape;
  if (shape.rank() != 1 || (shape[0] >= 0 && channels >= 0 && shape[0] != channels)) {
    throw Error(ErrorCode::mismatch, fmt::format("expected a bias of shape [{}], found {}",
                                                 channels, shape.to_string()));
  }
}

/// Empty when there's none.
inline std::vector<double> bias_of(std::span<const ConstTensorView> in) {
  return is_given(in, 2) ? to_doubles(in[2]) : std::vector<double>{};
}

}  // namespace colonnade::reference
