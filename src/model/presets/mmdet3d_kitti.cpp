// mmdetection3d 1.0 and later through mmdeploy, hv_pointpillars_secfpn_6x8_160e_kitti-3d-3class.
#include "model/presets/kitti.hpp"
#include "model/presets/presets.hpp"
#include "model/training_sensors.hpp"

namespace colonnade {

Rules mmdet3d_kitti() {
  Rules rules;
  rules.exporter = Exporter::mmdet3d;
  ModelSpec& spec = rules.spec;
  spec.name = "mmdet3d-kitti";
  spec.classes = {"Pedestrian", "Cyclist", "Car"};
  spec.grid = kitti_grid();
  spec.trained_on = kKittiSensor;
  spec.pillars.max_pillars = 40000;
  spec.pillars.max_points = 32;
  spec.pillars.center = {0.08F, -39.6F, -1.0F};
  spec.pillars.features = {PointFeature::x, PointFeature::y, PointFeature::z,
                           PointFeature::intensity};

  spec.box.z = ZReference::bottom;
  spec.anchor_layout = {AnchorPlacement::cell_center, AnchorOrder::y_x_anchor, MapLayout::nchw};
  spec.heads.resize(1);
  spec.heads[0].labels = {0, 1, 2};
  spec.heads[0].anchors = {kitti_pedestrian(0), kitti_cyclist(1), kitti_car(2)};

  PostSpec& post = spec.post;
  post.score_threshold = 0.1F;
  post.candidates = CandidateKind::each_class;
  post.top_k = 100;
  post.top_k_stage = TopKStage::before_threshold;
  post.nms.iou = IouKind::rotated;
  post.nms.threshold = 0.01F;
  post.nms.margin = 1e-5F;  // mmcv's box_iou_rotated compares with EPS = 1e-5.
  post.nms.per_class = true;
  post.max_boxes = 50;
  post.order = BoxOrder::score_if_capped;
  post.direction.kind = DirectionKind::period;
  post.direction.offset = -1.57079632679489661923F;
  post.direction.before_nms = false;
  return rules;
}

}  // namespace colonnade
