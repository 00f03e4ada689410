// Which scale belongs to which element: one for all, one an index of an axis, or one a block.
#pragma once

#include <cstdint>
#include <span>

#include "kernels/reference.hpp"

namespace colonnade::reference {

class Granularity {
 public:
  /// Error(mismatch) when the scale's shape fits neither form.
  Granularity(const Shape& x, const Shape& scale, std::int64_t axis, std::int64_t block_size);

  /// Calls f(element, scale) with the offsets of every element and of its scale.
  template <typename F>
  void for_each(F&& f) const {
    for (std::int64_t o = 0; o < outer_; ++o) {
      for (std::int64_t i = 0; i < length_; ++i) {
        for (std::int64_t n = 0; n < inner_; ++n) {
          f((o * length_ + i) * inner_ + n,
            o * outer_step_ + i / block_ * block_step_ + n * inner_step_);
        }
      }
    }
  }

 private:
  std::int64_t outer_ = 1, length_ = 1, inner_ = 1;
  std::int64_t block_ = 1;
  std::int64_t outer_step_ = 0, block_step_ = 0, inner_step_ = 0;
};

/// Type rule of the inputs x, scale, [zero point].
void require_quantization(std::span<const TypeInfo> in, std::int64_t axis, std::int64_t block_size);

}  // namespace colonnade::reference
