// OpenPCDet, tools/cfgs/kitti_models/pointpillar.yaml, with OpenPCDet's own post-processing.
#include "model/anchors.hpp"
#include "model/presets/kitti.hpp"
#include "model/presets/presets.hpp"
#include "model/training_sensors.hpp"

namespace colonnade {

Rules openpcdet_kitti() {
  Rules rules;
  rules.exporter = Exporter::openpcdet;
  ModelSpec& spec = rules.spec;
  spec.name = "openpcdet-kitti";
  spec.classes = {"Car", "Pedestrian", "Cyclist"};
  spec.grid = kitti_grid();
  spec.trained_on = kKittiSensor;
  spec.pillars.max_pillars = 40000;
  spec.pillars.max_points = 32;
  spec.pillars.center = {0.08F, -39.6F, -1.0F};
  spec.pillars.features = {PointFeature::x,         PointFeature::y,
                           PointFeature::z,         PointFeature::intensity,
                           PointFeature::mean_dx,   PointFeature::mean_dy,
                           PointFeature::mean_dz,   PointFeature::center_dx,
                           PointFeature::center_dy, PointFeature::center_dz};

  spec.box.z = ZReference::center;
  spec.anchor_layout = {AnchorPlacement::span, AnchorOrder::y_x_anchor, MapLayout::nhwc};
  spec.heads.resize(1);
  spec.heads[0].labels = {0, 1, 2};
  spec.heads[0].anchors = {centered(kitti_car(0)), centered(kitti_pedestrian(1)),
                           centered(kitti_cyclist(2))};

  PostSpec& post = spec.post;
  post.score_threshold = 0.1F;
  post.score_comparison = Comparison::greater_equal;
  post.top_k = 4096;
  post.nms.iou = IouKind::rotated;
  post.nms.threshold = 0.01F;
  post.nms.margin = 0.01F;  // iou3d_nms_kernel.cu counts a corner 1 cm outside as inside.
  post.max_boxes = 500;
  post.direction.kind = DirectionKind::period;
  post.direction.offset = 0.78539F;
  return rules;
}

}  // namespace colonnade
