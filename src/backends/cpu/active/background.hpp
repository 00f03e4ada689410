// What a map holds where no sweep can change it.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <utility>
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

/// Writes it out: `map` is as find_background's.
void lay_out(const Background& background, float* map);

/// Those of a plan's active maps, found when they are needed first and shared by its sessions.
class LazyBackgrounds {
 public:
  using Known = std::vector<std::optional<Background>>;

  /// By map: what is known before it's looked for. Called before the first get.
  void tell(Known known) { known_ = std::move(known); }
  /// find(Known) gives all maps'; Known is empty where nothing is.
  template <typename Find>
  const std::vector<Background>& get(Find&& find) {
    std::call_once(once_, [&] { backgrounds_ = find(std::exchange(known_, {})); });
    return backgrounds_;
  }

 private:
  std::once_flag once_;
  Known known_;
  std::vector<Background> backgrounds_;
};

}  // namespace colonnade::cpu
