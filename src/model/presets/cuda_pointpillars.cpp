// NVIDIA-AI-IOT/CUDA-PointPillars: OpenPCDet's KITTI network, NVIDIA's post-processing.
#include "model/presets/presets.hpp"

namespace colonnade {

Rules cuda_pointpillars() {
  Rules rules = openpcdet_kitti();
  ModelSpec& spec = rules.spec;
  spec.name = "cuda-pointpillars";
  spec.pillars.max_pillars = 10000;

  PostSpec& post = spec.post;
  post.top_k = 0;  // NVIDIA has no cap; Colonnade's own bound holds, and is counted when it cuts.
  post.max_boxes = 0;
  post.nms.comparison = Comparison::greater_equal;
  post.direction.tie = 1;  // dir0 > dir1 ? 0 : 1
  return rules;
}

}  // namespace colonnade
