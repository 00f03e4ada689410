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
  /// Memory for so many boxes of usual sizes, two or three tiles each way.
  void reserve(std::size_t boxes);
  void add(const Bounds& reach, std::int32_t box);

  /// Whether f(box) is true of any box that was added with a reach that meets this one.
  template <typename F>
  bool any(const Bounds& reach, F&& f) const {
    for (const Node& node : large_) {
      if (meet(node.reach, reach) && f(node.box)) return true;
    }
    const Tiles tiles = tiles_of(reach);
    for (std::int32_t ty = tiles.y0; ty <= tiles.y1; ++ty) {
      for (std::int32_t tx = tiles.x0; tx <= tiles.x1; ++tx) {
        for (std::int32_t b = first_[tile(tx, ty)]; b >= 0; b = blocks_[index(b)].next) {
          const Block& block = blocks_[index(b)];
          for (std::int32_t i = 0; i < block.count; ++i) {
            const Node& node = block.nodes[index(i)];
            // Two boxes may share many tiles; they meet in the first.
            const bool first =
                tx == std::max(tiles.x0, node.x0) && ty == std::max(tiles.y0, node.y0);
            if (first && meet(node.reach, reach) && f(node.box)) return true;
          }
        }
      }
    }
    return false;
  }

 private:
  static constexpr std::int32_t kTiles = 32;    ///< Along each axis.
  static constexpr std::int32_t kLargest = 64;  ///< Tiles beyond which a box is `large`.

  static constexpr std::int32_t kBlock = 8;

  struct Tiles {
    std::int32_t x0, y0, x1, y1;  ///< Inclusive.
  };
  struct Node {
    Bounds reach;
    std::int32_t box;
    std::int32_t x0, y0;  ///< Its first tile.
  };
  /// A tile's nodes lie together: following a link costs a cache miss.
  struct Block {
    std::array<Node, kBlock> nodes;
    std::int32_t count, next;
  };

  static bool meet(const Bounds& a, const Bounds& b) noexcept {
    return a.min_x <= b.max_x && b.min_x <= a.max_x && a.min_y <= b.max_y && b.min_y <= a.max_y;
  }

  Tiles tiles_of(const Bounds& reach) const noexcept;
  static std::size_t index(std::int32_t i) noexcept { return static_cast<std::size_t>(i); }
  static std::size_t tile(std::int32_t x, std::int32_t y) noexcept { return index(y * kTiles + x); }

  float min_x_, min_y_, per_x_, per_y_;
  std::array<std::int32_t, kTiles * kTiles> first_;
  std::vector<Block> blocks_;
  std::vector<Node> large_;
};

}  // namespace colonnade
