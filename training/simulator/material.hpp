// What a surface is made of, as far as a LiDAR tells.
#pragma once

#include <cstdint>

namespace colonnade::simulator {

enum class Material : std::uint8_t {
  asphalt,
  marking,
  pavement,
  grass,
  paint,  ///< Of vehicles: glossy.
  glass,
  cabin,  ///< Seen through a car's window.
  plate,  ///< Number plates and signs: retroreflecting.
  lamp,
  tyre,
  plastic,
  cloth,
  skin,
  metal,
  foliage,
  bark,
  wall,
  window,  ///< Of a house, curtains included.
};

/// How light comes back. Reflectance itself is drawn for each part.
struct Response {
  double floor;    ///< Share of the reflectance that doesn't depend on incidence.
  bool glossy;     ///< The rest falls with the cosine of incidence; where glossy, faster.
  double zero;     ///< Share of returns whose intensity reads 0.
  double grazing;  ///< Share of returns lost at grazing incidence, less towards straight on.
  double lost;     ///< Share of returns lost at any incidence.
};

constexpr Response response(Material material) noexcept {
  switch (material) {
    case Material::asphalt: return {1, false, 0.02, 0, 0};
    case Material::marking: return {1, false, 0.01, 0, 0};
    case Material::pavement: return {1, false, 0.02, 0, 0};
    case Material::grass: return {1, false, 0.03, 0, 0.003};
    case Material::paint: return {0.55, true, 0.15, 0.07, 0};
    case Material::glass: return {0.15, true, 0.4, 0.14, 0.1};
    case Material::cabin: return {0.6, false, 0.3, 0, 0.1};
    case Material::plate: return {0.7, false, 0, 0, 0};
    case Material::lamp: return {0.5, false, 0.1, 0, 0};
    case Material::tyre: return {0.6, false, 0.2, 0, 0.03};
    case Material::plastic: return {0.6, false, 0.1, 0, 0.01};
    case Material::cloth: return {0.6, false, 0.08, 0.05, 0};
    case Material::skin: return {0.6, false, 0.08, 0.05, 0};
    case Material::metal: return {0.6, false, 0.1, 0.05, 0};
    case Material::foliage: return {1, false, 0.05, 0, 0};
    case Material::bark: return {0.6, false, 0.05, 0.05, 0};
    case Material::wall: return {0.7, false, 0.01, 0, 0};
    case Material::window: return {0.6, false, 0.2, 0, 0.1};
  }
  return {1, false, 0, 0, 0};
}

}  // namespace colonnade::simulator
