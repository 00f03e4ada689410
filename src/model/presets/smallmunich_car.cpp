// SmallMunich/nutonomy_pointpillars, second/configs/pointpillars/car/xyres_16.proto.
#include "model/presets/kitti.hpp"
#include "model/presets/presets.hpp"
#include "model/training_sensors.hpp"

namespace colonnade {

Rules smallmunich_car() {
  Rules rules;
  rules.exporter = Exporter::second;
  ModelSpec& spec = rules.spec;
  spec.name = "smallmunich-car";
  spec.classes = {"Car"};
  spec.grid = kitti_grid();
  spec.trained_on = kKittiSensor;
  spec.pillars.max_pillars = 12000;
  spec.pillars.max_points = 100;
  spec.pillars.overflow = PillarOverflow::stop;
  // Not the geometric centre (0.08, -39.6): train.py adds the literals 0.1 and -39.9.
  spec.pillars.center = {0.1F, -39.9F, -1.0F};
  spec.pillars.features = {PointFeature::x, PointFeature::y, PointFeature::z,
                           PointFeature::intensity};

  spec.box.z = ZReference::bottom;
  spec.box.yaw = YawConvention::kitti_camera;
  spec.box.size = SizeOrder::wlh;
  spec.anchor_layout = {AnchorPlacement::cell_center, AnchorOrder::y_x_anchor, MapLayout::nhwc};
  spec.heads.resize(1);
  spec.heads[0].labels = {0};
  spec.heads[0].anchors = {kitti_car(0)};

  PostSpec& post = spec.post;
  post.score_threshold = 0.05F;
  post.score_comparison = Comparison::greater_equal;
  post.top_k = 1000;
  post.nms.iou = IouKind::axis_aligned;
  post.nms.threshold = 0.5F;
  post.nms.plus_one = true;
  post.max_boxes = 300;
  post.occupancy_mask = true;
  post.direction.kind = DirectionKind::flip_if_disagree;
  post.direction.before_nms = false;
  return rules;
}

}  // namespace colonnade
