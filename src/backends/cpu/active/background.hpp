// What a map holds where no sweep can change it.
#pragma once

#include <cstdint>
#include <mutex>
#include <vector>

#include "base/tensor.hpp"

namespace colonnade::cpu {

/// The answer to an empty sweep. It differs along borders and is equal over wide areas, so each
/// cell names one of a few vectors.
struct Background {
  /// By cell: ~v for vector v. Negative, so that in a map of which some cells are stored the same
  /// array can hold those cells' rows.
  std::vector<std::int32_t> rows;
  Tensor vectors;  ///< float32 [distinct, channels]

  const float* of(std::int32_t row) const {
    return vectors.as<float>() + static_cast<std::int64_t>(~row) * vectors.shape()[1];
  }
};

/// `map`: [height, width, channels] of float32, cells without gaps. Vectors are told apart bit by
/// bit.
Background find_background(const float* map, std::int64_t height, std::int64_t width,
                           std::int64_t channels);

/// Those of a plan's active maps, found when they are needed first and shared by its sessions.
class LazyBackgrounds {
 public:
  template <typename Find>
  const std::vector<Background>& get(Find&& find) {
    std::call_once(once_, [&] { backgrounds_ = find(); });
    return backgrounds_;
  }

 private:
  std::once_flag once_;
  std::vector<Background> backgrounds_;
};

}  // namespace colonnade::cpu
