#include "model/configs/openpcdet.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <string_view>
#include <utility>

#include "colonnade/error.hpp"
#include "model/anchors.hpp"
#include "model/configs/config_view.hpp"
#include "model/configs/openpcdet_config.hpp"
#include "model/training_sensors.hpp"

namespace colonnade {
namespace {

bool flag(const ConfigView& view, std::string_view key, bool otherwise) {
  const std::optional<ConfigView> value = view.find(key);
  return value ? value->boolean() : otherwise;
}

void expect_name(const ConfigView& module, std::string_view only) {
  if (module.at("NAME").text() != only) module.at("NAME").unsupported(std::string(only));
}

ConfigView voxel_processor(const ConfigView& data) {
  for (const ConfigView& step : data.at("DATA_PROCESSOR").items()) {
    if (step.at("NAME").text().rfind("transform_points_to_voxels", 0) == 0) return step;
  }
  data.at("DATA_PROCESSOR").refuse("one whose NAME is transform_points_to_voxels");
}

void read_grid(const ConfigView& data, ModelSpec& spec) {
  const std::vector<float> range = data.at("POINT_CLOUD_RANGE").reals(6);
  const ConfigView voxels = voxel_processor(data);
  const std::vector<float> size = voxels.at("VOXEL_SIZE").reals(3);
  std::copy_n(range.begin(), 3, spec.grid.min.begin());
  std::copy_n(range.begin() + 3, 3, spec.grid.max.begin());
  std::copy_n(size.begin(), 2, spec.grid.cell.begin());
  for (std::size_t axis = 0; axis < 3; ++axis) {
    // PillarVFE: voxel_x / 2 + point_cloud_range[0], in double.
    spec.pillars.center[axis] =
        static_cast<float>(voxels.at("VOXEL_SIZE").items()[axis].number() / 2 +
                           data.at("POINT_CLOUD_RANGE").items()[axis].number());
  }
  const ConfigView cap = voxels.at("MAX_NUMBER_OF_VOXELS");
  const bool by_mode = cap.node().kind == YamlNode::Kind::map;
  spec.pillars.max_pillars = (by_mode ? cap.at("test") : cap).integer();
  spec.pillars.max_points = voxels.at("MAX_POINTS_PER_VOXEL").integer();
}

/// Whose clouds: by DATASET, or by the name of the base config that isn't there.
bool is_dataset(const ConfigView& data, const std::string& missing_base, std::string_view cls,
                std::string_view file) {
  const std::optional<ConfigView> name = data.find("DATASET");
  const std::string text = name ? name->text() : missing_base;
  return text.find(cls) != std::string::npos || text.find(file) != std::string::npos;
}

std::vector<PointFeature> raw_features(const ConfigView& data, bool nuscenes) {
  const std::optional<ConfigView> encoding = data.find("POINT_FEATURE_ENCODING");
  if (!encoding) {
    std::vector<PointFeature> features{PointFeature::x, PointFeature::y, PointFeature::z,
                                       PointFeature::intensity};
    if (nuscenes) features.push_back(PointFeature::dt);
    return features;
  }
  static constexpr std::array<std::pair<std::string_view, PointFeature>, 5> kNames{{
      {"x", PointFeature::x},
      {"y", PointFeature::y},
      {"z", PointFeature::z},
      {"intensity", PointFeature::intensity},
      {"timestamp", PointFeature::dt},
  }};
  std::vector<PointFeature> features;
  for (const ConfigView& item : encoding->at("used_feature_list").items()) {
    const std::string name = item.text();
    const auto* const known = std::find_if(
        kNames.begin(), kNames.end(), [&name](const auto& entry) { return entry.first == name; });
    if (known == kNames.end()) item.unsupported("x, y, z, intensity, timestamp");
    features.push_back(known->second);
  }
  return features;
}

/// PillarVFE: raw features, offsets from the pillar's mean, offsets from its centre.
void read_features(const ConfigView& vfe, std::vector<PointFeature> raw, PillarSpec& pillars) {
  expect_name(vfe, "PillarVFE");
  if (flag(vfe, "WITH_DISTANCE", false)) vfe.at("WITH_DISTANCE").unsupported("False");
  // OpenPCDet spells it so.
  if (!flag(vfe, "USE_ABSLOTE_XYZ", true)) raw.erase(raw.begin(), raw.begin() + 3);
  for (const PointFeature offset :
       {PointFeature::mean_dx, PointFeature::mean_dy, PointFeature::mean_dz,
        PointFeature::center_dx, PointFeature::center_dy, PointFeature::center_dz}) {
    raw.push_back(offset);
  }
  pillars.features = std::move(raw);
}

std::int64_t class_index(const ConfigView& name, const std::vector<std::string>& classes) {
  const auto found = std::find(classes.begin(), classes.end(), name.text());
  if (found == classes.end()) name.refuse("one of CLASS_NAMES");
  return found - classes.begin();
}

/// The anchors of one class: every size with every rotation.
std::vector<AnchorSpec> class_anchors(const ConfigView& config, std::int64_t label) {
  const std::vector<float> bottoms = config.at("anchor_bottom_heights").reals();
  // More would put z outside of (y, x, anchor, rotation).
  if (bottoms.size() != 1) config.at("anchor_bottom_heights").unsupported("one height");
  const std::vector<float> rotations = config.at("anchor_rotations").reals();
  std::vector<AnchorSpec> anchors;
  for (const ConfigView& size : config.at("anchor_sizes").items()) {
    const std::vector<float> lwh = size.reals(3);
    anchors.push_back(centered({label, lwh[0], lwh[1], lwh[2], bottoms[0], rotations}));
  }
  return anchors;
}

struct ClassAnchors {
  std::int64_t label;
  std::vector<AnchorSpec> anchors;
};

std::vector<ClassAnchors> read_anchors(const ConfigView& head, Rules& rules) {
  std::vector<ClassAnchors> all;
  const std::vector<ConfigView> configs = head.at("ANCHOR_GENERATOR_CONFIG").items();
  for (const ConfigView& config : configs) {
    const bool aligned = flag(config, "align_center", false);
    const std::int64_t stride = config.at("feature_map_stride").integer();
    if (stride < 1) config.at("feature_map_stride").refuse("a whole number of at least 1");
    const AnchorPlacement placement =
        aligned ? AnchorPlacement::cell_center : AnchorPlacement::span;
    if (all.empty()) {
      rules.map_stride = stride;
      rules.spec.anchor_layout.placement = placement;
    } else if (rules.map_stride != stride) {
      config.at("feature_map_stride").unsupported("one stride for all classes");
    } else if (rules.spec.anchor_layout.placement != placement) {
      config.at("align_center").unsupported("one value for all classes");
    }
    const std::int64_t label = class_index(config.at("class_name"), rules.spec.classes);
    all.push_back({label, class_anchors(config, label)});
  }
  if (all.empty()) head.at("ANCHOR_GENERATOR_CONFIG").refuse("one or more classes");
  return all;
}

void append(HeadSpec& head, const std::vector<AnchorSpec>& anchors) {
  head.anchors.insert(head.anchors.end(), anchors.begin(), anchors.end());
}

void read_single_head(const ConfigView& head, Rules& rules) {
  HeadSpec single;
  for (const ClassAnchors& one : read_anchors(head, rules)) append(single, one.anchors);
  for (std::size_t i = 0; i < rules.spec.classes.size(); ++i) {
    single.labels.push_back(static_cast<std::int64_t>(i));
  }
  rules.spec.heads = {single};
  rules.spec.anchor_layout.order = AnchorOrder::y_x_anchor;
  rules.spec.anchor_layout.layout = MapLayout::nhwc;
}

void read_multi_head(const ConfigView& head, Rules& rules) {
  const std::vector<ClassAnchors> classes = read_anchors(head, rules);
  const bool separate = flag(head, "SEPARATE_MULTIHEAD", false);
  for (const ConfigView& config : head.at("RPN_HEAD_CFGS").items()) {
    HeadSpec one;
    for (const ConfigView& name : config.at("HEAD_CLS_NAME").items()) {
      const std::int64_t label = class_index(name, rules.spec.classes);
      if (separate) one.labels.push_back(label);
      for (const ClassAnchors& anchors : classes) {
        if (anchors.label == label) append(one, anchors.anchors);
      }
    }
    for (std::size_t i = 0; !separate && i < rules.spec.classes.size(); ++i) {
      one.labels.push_back(static_cast<std::int64_t>(i));
    }
    rules.spec.heads.push_back(std::move(one));
  }
  rules.exporter = Exporter::hova88;
  rules.spec.anchor_layout.order = AnchorOrder::anchor_y_x;
  rules.spec.anchor_layout.layout = MapLayout::flat;
}

void read_box_coder(const ConfigView& head, BoxCoding& box) {
  box.z = ZReference::center;
  const ConfigView assigner = head.at("TARGET_ASSIGNER_CONFIG");
  if (assigner.at("BOX_CODER").text() != "ResidualCoder") {
    assigner.at("BOX_CODER").unsupported("ResidualCoder");
  }
  const std::optional<ConfigView> coder = assigner.find("BOX_CODER_CONFIG");
  if (!coder) return;
  box.sin_cos = flag(*coder, "encode_angle_by_sincos", false);
  if (const std::optional<ConfigView> size = coder->find("code_size")) {
    if (size->integer() != 7 && size->integer() != 9) size->unsupported("7, or 9 with velocity");
    box.velocity = size->integer() == 9;
  }
}

void read_direction(const ConfigView& head, DirectionSpec& direction) {
  if (!flag(head, "USE_DIRECTION_CLASSIFIER", false)) return;
  if (head.at("NUM_DIR_BINS").integer() != 2) head.at("NUM_DIR_BINS").unsupported("2");
  direction.kind = DirectionKind::period;
  direction.offset = head.at("DIR_OFFSET").real();
  direction.limit_offset = head.at("DIR_LIMIT_OFFSET").real();
}

void read_head(const ConfigView& head, Rules& rules) {
  if (flag(head, "CLASS_AGNOSTIC", false)) head.at("CLASS_AGNOSTIC").unsupported("False");
  const ConfigView name = head.at("NAME");
  if (name.text() == "AnchorHeadSingle") {
    read_single_head(head, rules);
  } else if (name.text() == "AnchorHeadMulti") {
    read_multi_head(head, rules);
  } else {
    name.unsupported("AnchorHeadSingle or AnchorHeadMulti");
  }
  read_box_coder(head, rules.spec.box);
  read_direction(head, rules.spec.post.direction);
}

void read_post(const ConfigView& config, PostSpec& post) {
  post.score_threshold = config.at("SCORE_THRESH").real();
  post.score_comparison = Comparison::greater_equal;
  const ConfigView nms = config.at("NMS_CONFIG");
  const std::string type = nms.at("NMS_TYPE").text();
  if (type == "nms_gpu") {
    post.nms.iou = IouKind::rotated;
    post.nms.margin = 0.01F;  // iou3d_nms_kernel.cu counts a corner 1 cm outside as inside.
  } else if (type == "nms_normal_gpu") {
    post.nms.iou = IouKind::unrotated;
  } else {
    nms.at("NMS_TYPE").unsupported("nms_gpu or nms_normal_gpu");
  }
  post.nms.threshold = nms.at("NMS_THRESH").real();
  post.top_k = nms.at("NMS_PRE_MAXSIZE").integer();
  post.nms.per_class = flag(nms, "MULTI_CLASSES_NMS", false);
  if (post.nms.per_class) {
    post.candidates = CandidateKind::each_class;
    post.max_boxes_per_class = nms.at("NMS_POST_MAXSIZE").integer();
    post.order = BoxOrder::class_then_score;
  } else {
    post.max_boxes = nms.at("NMS_POST_MAXSIZE").integer();
  }
}

Rules rules_of(const YamlNode& root, const std::string& path, const std::string& missing_base) {
  Rules rules;
  ModelSpec& spec = rules.spec;
  const ConfigView config(root, path);
  const ConfigView data = config.at("DATA_CONFIG"), model = config.at("MODEL");
  spec.name = std::filesystem::path(path).stem().string();
  for (const ConfigView& name : config.at("CLASS_NAMES").items()) {
    spec.classes.push_back(name.text());
  }
  read_grid(data, spec);
  const bool nuscenes = is_dataset(data, missing_base, "NuScenes", "nuscenes");
  read_features(model.at("VFE"), raw_features(data, nuscenes), spec.pillars);
  if (is_dataset(data, missing_base, "Kitti", "kitti")) spec.trained_on = kKittiSensor;
  if (nuscenes) {  // Its clouds hold several sweeps, their times, and the car itself.
    spec.trained_on = kNuScenesSensor;
    spec.sweeps = 10;
    spec.ego_radius = 1;  // remove_ego_points
    spec.intensity_max = 255;
  }
  if (const std::optional<ConfigView> sweeps = data.find("MAX_SWEEPS")) {
    spec.sweeps = sweeps->integer();
  }
  expect_name(model.at("MAP_TO_BEV"), "PointPillarScatter");
  read_head(model.at("DENSE_HEAD"), rules);
  read_post(model.at("POST_PROCESSING"), spec.post);
  return rules;
}

}  // namespace

Rules openpcdet_rules(const std::string& config_path) {
  const OpenPcdetConfig config = read_openpcdet_config(config_path);
  try {
    return rules_of(config.root, config_path, config.missing_base);
  } catch (const Error& error) {
    if (config.missing_base.empty() || error.code() != ErrorCode::format) throw;
    throw Error(error.code(),
                fmt::format("{} (its _BASE_CONFIG_ {} isn't there: looked for it from the config's "
                            "folder upwards)",
                            error.what(), config.missing_base));
  }
}

}  // namespace colonnade
