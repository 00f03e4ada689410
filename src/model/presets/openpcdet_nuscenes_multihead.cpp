// OpenPCDet, tools/cfgs/nuscenes_models/cbgs_pp_multihead.yaml, in hova88's export: six heads whose
// boxes are decoded in the graph.
#include "model/anchors.hpp"
#include "model/presets/presets.hpp"
#include "model/training_sensors.hpp"

namespace colonnade {
namespace {

HeadSpec head(std::vector<AnchorSpec> anchors) {
  HeadSpec spec;
  for (const AnchorSpec& anchor : anchors) spec.labels.push_back(anchor.label);
  spec.anchors = std::move(anchors);
  return spec;
}

AnchorSpec anchor(std::int64_t label, float length, float width, float height, float bottom) {
  return centered({label, length, width, height, bottom, {0.0F, 1.57F}});
}

}  // namespace

Rules openpcdet_nuscenes_multihead() {
  Rules rules;
  rules.exporter = Exporter::hova88;
  rules.map_stride = 4;
  ModelSpec& spec = rules.spec;
  spec.name = "openpcdet-nuscenes-multihead";
  spec.classes = {"car",        "truck",       "construction_vehicle", "bus",
                  "trailer",    "barrier",     "motorcycle",           "bicycle",
                  "pedestrian", "traffic_cone"};
  spec.grid = {{-51.2F, -51.2F, -5.0F}, {51.2F, 51.2F, 3.0F}, {0.2F, 0.2F}};
  spec.pillars.max_pillars = 30000;
  spec.pillars.max_points = 20;
  spec.pillars.center = {-51.1F, -51.1F, -1.0F};
  spec.pillars.features = {PointFeature::x,         PointFeature::y,        PointFeature::z,
                           PointFeature::intensity, PointFeature::dt,       PointFeature::mean_dx,
                           PointFeature::mean_dy,   PointFeature::mean_dz,  PointFeature::center_dx,
                           PointFeature::center_dy, PointFeature::center_dz};
  spec.sweeps = 10;
  spec.ego_radius = 1.0F;
  spec.intensity_max = 255.0F;
  spec.trained_on = kNuScenesSensor;

  spec.box.z = ZReference::center;
  spec.box.velocity = true;
  spec.anchor_layout = {AnchorPlacement::span, AnchorOrder::anchor_y_x, MapLayout::flat};
  spec.heads = {
      head({anchor(0, 4.63F, 1.97F, 1.74F, -0.95F)}),
      head({anchor(1, 6.93F, 2.51F, 2.84F, -0.6F), anchor(2, 6.37F, 2.85F, 3.19F, -0.225F)}),
      head({anchor(3, 10.5F, 2.94F, 3.47F, -0.085F), anchor(4, 12.29F, 2.9F, 3.87F, 0.115F)}),
      head({anchor(5, 0.5F, 2.53F, 0.98F, -1.33F)}),
      head({anchor(6, 2.11F, 0.77F, 1.47F, -1.085F), anchor(7, 1.7F, 0.6F, 1.28F, -1.18F)}),
      head({anchor(8, 0.73F, 0.67F, 1.77F, -0.935F), anchor(9, 0.41F, 0.41F, 1.07F, -1.285F)})};

  PostSpec& post = spec.post;
  post.score_threshold = 0.1F;
  post.score_comparison = Comparison::greater_equal;
  post.candidates = CandidateKind::each_class;
  post.top_k = 1000;
  post.nms.iou = IouKind::rotated;
  post.nms.threshold = 0.2F;
  post.nms.margin = 0.01F;
  post.nms.per_class = true;
  post.max_boxes_per_class = 83;
  post.order = BoxOrder::class_then_score;
  return rules;
}

}  // namespace colonnade
