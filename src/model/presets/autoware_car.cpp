// Autoware.AI lidar_point_pillars and Apollo 5: SmallMunich's graphs, consumer rules of their own.
#include "model/presets/presets.hpp"

namespace colonnade {

Rules autoware_car() {
  Rules rules = smallmunich_car();
  ModelSpec& spec = rules.spec;
  spec.name = "autoware-car";
  // Anchors stand on the ground below a sensor at 1.73 m, turned by exactly pi / 2.
  spec.heads[0].anchors = {{0, 3.9F, 1.6F, 1.56F, -1.73F, {0.0F, 1.57079632679489661923F}}};

  PostSpec& post = spec.post;
  post.score_threshold = 0.5F;
  post.score_comparison = Comparison::greater;
  post.top_k = 0;
  post.max_boxes = 0;
  post.direction.kind = DirectionKind::add_pi_if_zero;
  return rules;
}

}  // namespace colonnade
