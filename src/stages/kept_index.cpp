#include "stages/kept_index.hpp"

namespace colonnade {
namespace {

std::int32_t tile_of(float value, float min, float per_metre, std::int32_t tiles) noexcept {
  const float at = (value - min) * per_metre;
  if (!(at > 0)) return 0;
  return at < static_cast<float>(tiles) ? static_cast<std::int32_t>(at) : tiles - 1;
}

}  // namespace

KeptIndex::KeptIndex(const GridSpec& grid)
    : min_x_(grid.min[0]),
      min_y_(grid.min[1]),
      per_x_(kTiles / (grid.max[0] - grid.min[0])),
      per_y_(kTiles / (grid.max[1] - grid.min[1])) {
  clear();
}

void KeptIndex::clear() noexcept {
  first_.fill(-1);
  blocks_.clear();
  large_.clear();
}

void KeptIndex::reserve(std::size_t boxes) {
  // Every tile opens a block for its first box; later ones fill it.
  constexpr std::size_t kTilesOfBox = 9;
  blocks_.reserve(first_.size() + boxes * kTilesOfBox / kBlock);
  large_.reserve(boxes);
}

void KeptIndex::add(const Bounds& reach, std::int32_t box) {
  const Tiles tiles = tiles_of(reach);
  if ((tiles.x1 - tiles.x0 + 1) * (tiles.y1 - tiles.y0 + 1) > kLargest) {
    large_.push_back({reach, box, tiles.x0, tiles.y0});
    return;
  }
  for (std::int32_t ty = tiles.y0; ty <= tiles.y1; ++ty) {
    for (std::int32_t tx = tiles.x0; tx <= tiles.x1; ++tx) {
      std::int32_t& first = first_[tile(tx, ty)];
      if (first < 0 || blocks_[index(first)].count == kBlock) {
        blocks_.push_back({{}, 0, first});
        first = static_cast<std::int32_t>(blocks_.size()) - 1;
      }
      Block& block = blocks_[index(first)];
      block.nodes[index(block.count++)] = {reach, box, tiles.x0, tiles.y0};
    }
  }
}

KeptIndex::Tiles KeptIndex::tiles_of(const Bounds& reach) const noexcept {
  return {
      tile_of(reach.min_x, min_x_, per_x_, kTiles), tile_of(reach.min_y, min_y_, per_y_, kTiles),
      tile_of(reach.max_x, min_x_, per_x_, kTiles), tile_of(reach.max_y, min_y_, per_y_, kTiles)};
}

}  // namespace colonnade
