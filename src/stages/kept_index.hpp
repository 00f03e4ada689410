// Which kept boxes may overlap a new one: NMS looks at neighbours, not at everything.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include "colonnade/model.hpp"
#include "stages/iou.hpp"

namespace colonnade {

/// A coarse grid over the model's range. Boxes outside stand in its border tiles.
class KeptIndex {
 public:
  explicit KeptIndex(const GridSpec& grid);

  void clear() noexcept;
  void add(const Bounds& reach, std::int32_t box);

  /// Whether f(box) is true of any box that was added with a reach that may meet this one.
  template <typename F>
  bool any(const Bounds& reach, F&& f) const {
    for (const std::int32_t box : large_) {
      if (f(box)) return true;
    }
    const Tiles tiles = tiles_of(reach);
    for (std::int32_t ty = tiles.y0; ty <= tiles.y1; ++ty) {
      for (std::int32_t tx = tiles.x0; tx <= tiles.x1; ++tx) {
        for (std::int32_t n = first_[tile(tx, ty)]; n >= 0; n = nodes_[index(n)].next) {
          const Node& node = nodes_[index(n)];
          // Two boxes may share many tiles; they meet in the first.
          const bool first = tx == std::max(tiles.x0, node.x0) && ty == std::max(tiles.y0, node.y0);
          if (first && f(node.box)) return true;
        }
      }
    }
    return false;
  }

 private:
  static constexpr std::int32_t kTiles = 32;    ///< Along each axis.
  static constexpr std::int32_t kLargest = 64;  ///< Tiles beyond which a box is `large`.

  struct Tiles {
    std::int32_t x0, y0, x1, y1;  ///< Inclusive.
  };
  struct Node {
    std::int32_t box, next, x0, y0;
  };

  Tiles tiles_of(const Bounds& reach) const noexcept;
  static std::size_t index(std::int32_t i) noexcept { return static_cast<std::size_t>(i); }
  static std::size_t tile(std::int32_t x, std::int32_t y) noexcept { return index(y * kTiles + x); }

  float min_x_, min_y_, per_x_, per_y_;
  std::array<std::int32_t, kTiles * kTiles> first_;
  std::vector<Node> nodes_;
  std::vector<std::int32_t> large_;
};

}  // namespace colonnade
