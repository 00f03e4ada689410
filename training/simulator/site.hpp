// Where a scene is being built: what each family of objects needs to put one of its own down.
#pragma once

#include "simulator/assembly.hpp"
#include "simulator/distribution.hpp"
#include "simulator/draw.hpp"
#include "simulator/footprints.hpp"
#include "simulator/scene.hpp"
#include "simulator/street.hpp"

namespace colonnade::simulator {

struct Site {
  Scene& scene;
  Footprints& footprints;
  const Street& street;
  const SceneDistribution& distribution;
  Draw& draw;

  Vec on_ground(double x, double y) const noexcept { return {x, y, scene.ground.height(x, y)}; }
  /// A place beside the road's middle.
  Vec beside(double x, double aside) const noexcept {
    return on_ground(x, street.middle(x) + aside);
  }
  /// How many, on the average `mean` times `scale`: evenly from 0 to twice that.
  int count(double mean, double scale) noexcept {
    const double wanted = 2 * mean * scale * draw.uniform();
    return static_cast<int>(wanted) + (draw.chance(wanted - static_cast<int>(wanted)) ? 1 : 0);
  }
  /// Registers a labelled object of `size` (along the heading, across, up) standing at `pose`.
  int label(ObjectClass kind, const Pose& pose, Vec size);
};

}  // namespace colonnade::simulator
