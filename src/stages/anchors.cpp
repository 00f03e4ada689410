#include "stages/anchors.hpp"

#include <fmt/core.h>

#include "colonnade/error.hpp"

namespace colonnade {
namespace {

constexpr std::int64_t kMaxAnchors = std::int64_t{1} << 28;

// One axis of the map: `count` anchors over `cells` grid cells.
std::vector<float> place(AnchorPlacement placement, float min, float max, float cell,
                         std::int64_t cells, std::int64_t count) {
  std::vector<float> centers(static_cast<std::size_t>(count));
  const auto n = static_cast<double>(count);
  const double extent = static_cast<double>(max) - min;
  // From the cell's size, not from the extent: 69.12f / 216 is another float32 than 0.32f.
  const double step = static_cast<double>(cell) * static_cast<double>(cells) / n;
  for (std::int64_t i = 0; i < count; ++i) {
    float& center = centers[static_cast<std::size_t>(i)];
    if (placement == AnchorPlacement::cell_center) {
      // second.pytorch: arange(n, float32) * stride + offset, in float32. Its occupancy mask takes
      // the floor of these, so the rounding matters.
      center =
          static_cast<float>(i) * static_cast<float>(step) + static_cast<float>(min + step / 2);
    } else if (count == 1) {
      center = static_cast<float>(min + extent / 2);
    } else {
      // OpenPCDet: torch.arange(min, max + epsilon, extent / (n - 1)), which multiplies in double.
      center = static_cast<float>(min + static_cast<double>(i) * (extent / (n - 1)));
    }
  }
  return centers;
}

}  // namespace

AnchorGrid::AnchorGrid(const ModelSpec& model, const HeadSpec& head)
    : order_(model.anchor_layout.order) {
  for (const AnchorSpec& anchor : head.anchors) {
    for (const float rotation : anchor.rotations) {
      kinds_.push_back({0, 0, anchor.z, anchor.length, anchor.width, anchor.height, rotation});
    }
  }
  const std::int64_t kinds = this->kinds();
  if (head.map_width < 0 || head.map_height < 0 || kinds > kMaxAnchors ||
      (kinds > 0 && head.map_width > kMaxAnchors / kinds) ||
      (kinds > 0 && head.map_width > 0 &&
       head.map_height > kMaxAnchors / (kinds * head.map_width))) {
    throw Error(ErrorCode::limit, "heads",
                fmt::format("expected at most {} anchors, found a map of {} x {} with {} a cell",
                            kMaxAnchors, head.map_width, head.map_height, kinds));
  }
  const AnchorPlacement placement = model.anchor_layout.placement;
  const GridSpec& grid = model.grid;
  xs_ = place(placement, grid.min[0], grid.max[0], grid.cell[0], grid.nx(), head.map_width);
  ys_ = place(placement, grid.min[1], grid.max[1], grid.cell[1], grid.ny(), head.map_height);
}

AnchorGrid::Place AnchorGrid::place_of(std::int64_t flat) const noexcept {
  if (order_ == AnchorOrder::y_x_anchor) return {flat / kinds(), flat % kinds()};
  return {flat % cells(), flat / cells()};
}

std::int64_t AnchorGrid::flat_of(const Place& place) const noexcept {
  return order_ == AnchorOrder::y_x_anchor ? place.cell * kinds() + place.kind
                                           : place.kind * cells() + place.cell;
}

Anchor AnchorGrid::at(const Place& place) const noexcept {
  Anchor anchor = kind(place.kind);
  anchor.x = x(place.cell % columns());
  anchor.y = y(place.cell / columns());
  return anchor;
}

}  // namespace colonnade
