// What stands in a street, as signed distances: metres to the surface, negative inside.
#pragma once

#include <cstdint>

#include "base/vec.hpp"

namespace colonnade::sample {

enum class Material : std::uint8_t {
  asphalt,
  marking,
  pavement,
  grass,
  paint,
  glass,
  tyre,
  wall,
  foliage,
  bark,
  metal,
  cloth
};

struct Surface {
  double distance;
  Material material;
};

/// Every shape stands on z = 0, centred, heading along +x.
Surface car(Vec p, double length, double width, double height) noexcept;
Surface person(Vec p, double height, double stride) noexcept;
Surface cyclist(Vec p) noexcept;
Surface tree(Vec p, double height, double crown) noexcept;
Surface pole(Vec p, double height, bool sign) noexcept;
/// A house's front with rows of recessed windows.
Surface house(Vec p, double length, double depth, double height) noexcept;
Surface hedge(Vec p, double length, double width, double height) noexcept;

}  // namespace colonnade::sample
