// The nearest hit of every ray so far. Parts come in any order: the result is the same.
#pragma once

#include <cstdint>
#include <vector>

#include "simulator/cast.hpp"
#include "simulator/draw.hpp"

namespace colonnade::simulator {

class DepthBuffer {
 public:
  DepthBuffer(std::size_t rays, std::size_t objects, double max_range, std::uint64_t seed)
      : hits_(rays),
        nearness_(rays, static_cast<float>(1 / max_range)),
        last_object_(rays, -1),
        silhouettes_(objects, 0),
        seed_(seed) {}

  /// 1 / range of the nearest surface so far: comparing it needs no division.
  float nearness(std::size_t ray) const noexcept { return nearness_[ray]; }

  /// The part would stop the ray if it were alone. Before `put`.
  void touch(std::size_t ray, int object) noexcept {
    if (object < 0 || last_object_[ray] == object) return;
    last_object_[ray] = object;  // An object's parts follow each other: counted once.
    ++silhouettes_[static_cast<std::size_t>(object)];
  }
  void put(std::size_t ray, const Hit& hit) noexcept {
    const float nearness = 1 / hit.range;
    if (!(nearness > nearness_[ray])) return;
    nearness_[ray] = nearness;
    hits_[ray] = hit;
  }
  /// Chances of one part for one ray, whenever they're asked for.
  Draw draw(std::size_t ray, std::size_t part) const noexcept {
    return Draw(derived_seed(seed_ + part * 0x9e3779b97f4a7c15U, ray));
  }
  CastResult finish() && {
    CastResult result;
    result.visible.resize(silhouettes_.size());
    for (const Hit& hit : hits_) {
      if (hit.object >= 0 && hit.range > 0) ++result.visible[static_cast<std::size_t>(hit.object)];
    }
    result.hits = std::move(hits_);
    result.silhouettes = std::move(silhouettes_);
    return result;
  }

 private:
  std::vector<Hit> hits_;
  std::vector<float> nearness_;
  std::vector<int> last_object_;
  std::vector<std::uint32_t> silhouettes_;
  std::uint64_t seed_;
};

}  // namespace colonnade::simulator
