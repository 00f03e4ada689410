// zhulf0804/PointPillars, branch feature/deployment: the 100 best anchors come decoded out of the
// graph. Rules of its Python; the TensorRT C++ beside it ignores yaw in NMS and has no range
// filter.
#include "model/presets/kitti.hpp"
#include "model/presets/presets.hpp"
#include "model/training_sensors.hpp"

namespace colonnade {

Rules zhulf_kitti() {
  Rules rules;
  rules.exporter = Exporter::zhulf;
  ModelSpec& spec = rules.spec;
  spec.name = "zhulf-kitti";
  spec.classes = {"Pedestrian", "Cyclist", "Car"};
  spec.grid = kitti_grid();
  spec.trained_on = kKittiSensor;
  spec.pillars.max_pillars = 40000;
  spec.pillars.max_points = 32;
  spec.pillars.center = {0.08F, -39.6F, -1.0F};
  spec.pillars.features = {PointFeature::x, PointFeature::y, PointFeature::z,
                           PointFeature::intensity};

  spec.box.z = ZReference::bottom;
  spec.box.yaw = YawConvention::kitti_camera;
  spec.box.size = SizeOrder::wlh;

  PostSpec& post = spec.post;
  post.score_threshold = 0.1F;
  post.candidates = CandidateKind::each_class;
  post.nms.iou = IouKind::rotated;
  post.nms.threshold = 0.01F;
  post.nms.margin = 1e-5F;
  post.nms.per_class = true;
  post.max_boxes = 50;
  post.order = BoxOrder::score_if_capped;
  post.range_filter = RangeFilter{{0.0F, -40.0F, -3.0F}, {70.4F, 40.0F, 0.0F}};
  post.direction.kind = DirectionKind::period;
  post.direction.limit_offset = 1.0F;
  post.direction.inverted = true;
  post.direction.before_nms = false;
  return rules;
}

}  // namespace colonnade
