// How far two tensors are apart.
#pragma once

#include <cstdint>
#include <string>

#include "base/tensor.hpp"

namespace colonnade {

/// |a - b| <= atol + rtol |b|, element by element; b is the side that's held to be right. By the
/// rounding of FP32's sums models/kitti3's heads are up to 2.1e-4 from the oracle's.
struct Tolerance {
  double atol = 5e-4, rtol = 1e-4;
};

struct TensorError {
  double max_abs = 0, mean_abs = 0;
  double max_rel = 0, mean_rel = 0;  ///< |a - b| / |b|, of elements where b isn't 0.
  double cosine = 1;                 ///< Of the two as vectors; 1 where both are 0.
  std::int64_t elements = 0, outside = 0;
  std::int64_t worst = 0;           ///< Row-major index of max_abs,
  double worst_a = 0, worst_b = 0;  ///< and what stands there.
  std::string mismatch;  ///< Why the elements can't be compared: "float32[1,2] against float32[2]".

  bool fits() const noexcept { return outside == 0 && mismatch.empty(); }
};

/// Of any types that are numbers; compared as doubles. NaN fits NaN only, an infinity itself.
TensorError compare_tensors(const ConstTensorView& a, const ConstTensorView& b,
                            const Tolerance& tolerance);

}  // namespace colonnade
