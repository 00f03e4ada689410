#include "model/configs/second.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <utility>

#include "colonnade/error.hpp"
#include "model/configs/config_view.hpp"
#include "model/configs/text_proto.hpp"

namespace colonnade {
namespace {

bool flag(const ConfigView& view, std::string_view key) {
  const std::optional<ConfigView> value = view.find(key);
  return value && value->boolean();  // proto3: absent is false.
}

void demand(const ConfigView& view, std::string_view key, bool wanted) {
  const std::optional<ConfigView> value = view.find(key);
  if (value && value->boolean() != wanted) value->unsupported(wanted ? "true" : "false");
}

std::vector<ConfigView> values(const ConfigView& view, std::string_view key, std::size_t count) {
  std::vector<ConfigView> all = view.all(key);
  if (all.size() != count) view.at(key).refuse(fmt::format("a list of {} numbers", count));
  return all;
}

/// One class: where it's described, and its generator of anchors.
struct ClassView {
  ConfigView settings;   ///< Version 1.6: class_settings; 1.5: anchor_generators.
  ConfigView generator;  ///< anchor_generator_stride or anchor_generator_range.
  bool strided;
};

ClassView class_view(const ConfigView& settings) {
  if (const std::optional<ConfigView> strided = settings.find("anchor_generator_stride")) {
    return {settings, *strided, true};
  }
  return {settings, settings.at("anchor_generator_range"), false};
}

class SecondConfig {
 public:
  SecondConfig(const YamlNode& root, const std::string& path)
      : root_(root, path),
        network_(root_.at("model").at("second")),
        assigner_(network_.at("target_assigner")),
        input_(root_.find("eval_input_reader") ? root_.at("eval_input_reader")
                                               : root_.at("train_input_reader")) {
    newer_ = assigner_.has("class_settings");
    for (const ConfigView& one : assigner_.all(newer_ ? "class_settings" : "anchor_generators")) {
      classes_.push_back(class_view(one));
    }
    if (classes_.empty()) assigner_.at("anchor_generators");  // Says that it's missing.
  }

  Rules rules() {
    refuse_unsupported();
    rules_.exporter = Exporter::second;
    read_classes();
    read_grid();
    read_pillars();
    read_anchors();
    read_box();
    read_post();
    return std::move(rules_);
  }

 private:
  void refuse_unsupported() const {
    const ConfigView vfe = network_.at("voxel_feature_extractor");
    if (vfe.at("module_class_name").text() != "PillarFeatureNet") {
      vfe.at("module_class_name").unsupported("PillarFeatureNet");
    }
    demand(vfe, "with_distance", false);
    demand(network_, "use_sigmoid_score", true);
    demand(network_, "encode_background_as_zeros", true);
    if (const std::optional<ConfigView> coder = find_coder()) demand(*coder, "linear_dim", false);
  }

  std::optional<ConfigView> find_coder() const {
    const std::optional<ConfigView> coder = network_.find("box_coder");
    return coder ? coder->find("ground_box3d_coder") : std::nullopt;
  }

  void read_classes() {
    ModelSpec& spec = rules_.spec;
    for (const ConfigView& name : input_.all("class_names")) spec.classes.push_back(name.text());
    for (const ClassView& one : classes_) {
      if (newer_ && !input_.has("class_names")) {
        spec.classes.push_back(one.settings.at("class_name").text());
      }
    }
    if (spec.classes.empty()) input_.at("class_names");
    const std::optional<ConfigView> count = network_.find("num_class");
    if (count && count->integer() != static_cast<std::int64_t>(spec.classes.size())) {
      count->refuse(fmt::format("the number of class_names, {}", spec.classes.size()));
    }
  }

  void read_grid() {
    const ConfigView voxels = network_.at("voxel_generator");
    const std::vector<ConfigView> range = values(voxels, "point_cloud_range", 6);
    const std::vector<ConfigView> size = values(voxels, "voxel_size", 3);
    GridSpec& grid = rules_.spec.grid;
    for (std::size_t axis = 0; axis < 3; ++axis) {
      grid.min[axis] = range[axis].real();
      grid.max[axis] = range[axis + 3].real();
      rules_.spec.pillars.center[axis] =
          static_cast<float>(range[axis].number() + size[axis].number() / 2);
    }
    grid.cell = {size[0].real(), size[1].real()};
    // SmallMunich's train.py has literals for its KITTI grid: 0.16 * ix + 0.1, 0.16 * iy - 39.9.
    const bool kitti = grid.min[0] == 0.0F && grid.min[1] == -39.68F && grid.cell[0] == 0.16F &&
                       grid.cell[1] == 0.16F;
    if (kitti && !newer_) {
      rules_.spec.pillars.center[0] = 0.1F;
      rules_.spec.pillars.center[1] = -39.9F;
    }
  }

  void read_pillars() {
    PillarSpec& pillars = rules_.spec.pillars;
    const std::optional<ConfigView> preprocess = input_.find("preprocess");
    const ConfigView& source =
        preprocess && preprocess->has("max_number_of_voxels") ? *preprocess : input_;
    pillars.max_pillars = source.at("max_number_of_voxels").integer();
    pillars.max_points =
        network_.at("voxel_generator").at("max_number_of_points_per_voxel").integer();
    pillars.overflow = PillarOverflow::stop;
    pillars.features = {PointFeature::x, PointFeature::y, PointFeature::z, PointFeature::intensity};
    const std::optional<ConfigView> area = source.has("anchor_area_threshold")
                                               ? source.find("anchor_area_threshold")
                                               : input_.find("anchor_area_threshold");
    // A negative threshold turns the mask off; proto3's default is 0.
    rules_.spec.post.occupancy_area = area ? area->real() : 0;
    rules_.spec.post.occupancy_mask = rules_.spec.post.occupancy_area >= 0;
    if (!rules_.spec.post.occupancy_mask) rules_.spec.post.occupancy_area = 1;
  }

  /// Cells of the grid a cell of the maps: all that the RPN strides down and upsamples again.
  std::int64_t map_stride() const {
    const ConfigView rpn = network_.at("rpn");
    double stride = 1;
    for (const ConfigView& one : rpn.all("layer_strides")) stride *= one.number();
    const std::vector<ConfigView> up = rpn.all("upsample_strides");
    if (!up.empty()) stride /= up.back().number();
    if (!(stride >= 1 && stride <= 64)) rpn.at("layer_strides").refuse("a stride from 1 to 64");
    return std::llround(stride);
  }

  void read_anchors() {
    rules_.map_stride = map_stride();
    HeadSpec head;
    for (std::size_t i = 0; i < rules_.spec.classes.size(); ++i) {
      head.labels.push_back(static_cast<std::int64_t>(i));
    }
    for (std::size_t i = 0; i < classes_.size(); ++i) {
      const ConfigView& generator = classes_[i].generator;
      const AnchorPlacement placement = check_placement(classes_[i]);
      if (i > 0 && placement != rules_.spec.anchor_layout.placement) {
        generator.unsupported("one kind of anchor generator for all classes");
      }
      rules_.spec.anchor_layout.placement = placement;
      append_anchors(classes_[i], static_cast<std::int64_t>(i), head);
    }
    rules_.spec.heads = {std::move(head)};
    rules_.spec.anchor_layout.order = AnchorOrder::y_x_anchor;
    rules_.spec.anchor_layout.layout = MapLayout::nhwc;
  }

  void append_anchors(const ClassView& one, std::int64_t index, HeadSpec& head) const {
    const float z = one.strided ? values(one.generator, "offsets", 3)[2].real()
                                : values(one.generator, "anchor_ranges", 6)[2].real();
    std::vector<float> rotations;
    for (const ConfigView& r : one.generator.all("rotations")) rotations.push_back(r.real());
    const std::vector<ConfigView> sizes = one.generator.all("sizes");
    if (rotations.empty()) one.generator.at("rotations").refuse("one or more angles");
    if (sizes.empty() || sizes.size() % 3 != 0) {
      one.generator.at("sizes").refuse("width, length, height of one or more anchors");
    }
    const auto classes = static_cast<std::int64_t>(rules_.spec.classes.size());
    for (std::size_t i = 0; i < sizes.size(); i += 3) {
      head.anchors.push_back({std::min(index, classes - 1), sizes[i + 1].real(), sizes[i].real(),
                              sizes[i + 2].real(), z, rotations});
    }
  }

  /// Whether anchors stand at cell centres or from border to border; anything else is refused.
  AnchorPlacement check_placement(const ClassView& one) const {
    const GridSpec& grid = rules_.spec.grid;
    const std::vector<ConfigView> place = one.strided ? values(one.generator, "offsets", 3)
                                                      : values(one.generator, "anchor_ranges", 6);
    for (std::size_t axis = 0; axis < 2; ++axis) {
      const double step =
          static_cast<double>(grid.cell[axis]) * static_cast<double>(rules_.map_stride);
      const double first = one.strided ? grid.min[axis] + step / 2 : grid.min[axis];
      const double tolerance = 0.01 * step;
      expect_near(place[axis], first, tolerance);
      if (one.strided) {
        expect_near(values(one.generator, "strides", 3)[axis], step, tolerance);
      } else {
        expect_near(place[axis + 3], grid.max[axis], tolerance);
      }
    }
    return one.strided ? AnchorPlacement::cell_center : AnchorPlacement::span;
  }

  static void expect_near(const ConfigView& value, double wanted, double tolerance) {
    if (std::abs(value.number() - wanted) > tolerance) {
      value.unsupported(fmt::format("{:g}, from point_cloud_range and the map's stride", wanted));
    }
  }

  void read_box() {
    BoxCoding& box = rules_.spec.box;
    // 1.6 writes the centre's height into its configs, 1.5 the bottom's.
    box.z = newer_ ? ZReference::center : ZReference::bottom;
    box.yaw = YawConvention::kitti_camera;
    box.size = SizeOrder::wlh;
    const std::optional<ConfigView> coder = find_coder();
    box.sin_cos = coder && flag(*coder, "encode_angle_vector");
  }

  void read_post() {
    PostSpec& post = rules_.spec.post;
    const ConfigView& source = nms_source();
    post.score_threshold = source.at("nms_score_threshold").real();
    post.score_comparison = Comparison::greater_equal;
    post.nms.threshold = source.at("nms_iou_threshold").real();
    post.top_k = source.at("nms_pre_max_size").integer();
    const bool rotated = flag(source, "use_rotate_nms");
    post.nms.iou = rotated ? IouKind::rotated : IouKind::axis_aligned;
    post.nms.plus_one = !rotated;  // nms_gpu counts metres as if they were pixels.
    post.nms.per_class = flag(source, "use_multi_class_nms");
    if (post.nms.per_class) {
      post.candidates = CandidateKind::each_class;
      post.max_boxes_per_class = source.at("nms_post_max_size").integer();
      post.order = BoxOrder::class_then_score;
    } else {
      post.max_boxes = source.at("nms_post_max_size").integer();
    }
    if (flag(network_, "use_direction_classifier")) read_direction(post.direction);
  }

  const ConfigView& nms_source() const {
    return newer_ && !network_.has("nms_score_threshold") ? classes_[0].settings : network_;
  }

  void read_direction(DirectionSpec& direction) const {
    direction.before_nms = false;
    if (!newer_) {
      direction.kind = DirectionKind::flip_if_disagree;
      return;
    }
    const std::optional<ConfigView> bins = network_.find("num_direction_bins");
    if (bins && bins->integer() != 2) bins->unsupported("2");
    direction.kind = DirectionKind::period;
    const std::optional<ConfigView> offset = network_.find("direction_offset");
    const std::optional<ConfigView> limit = network_.find("direction_limit_offset");
    direction.offset = offset ? offset->real() : 0;
    direction.limit_offset = limit ? limit->real() : 0;
  }

  ConfigView root_, network_, assigner_, input_;
  bool newer_ = false;  ///< Version 1.6.
  std::vector<ClassView> classes_;
  Rules rules_;
};

}  // namespace

Rules second_rules(const std::string& config_path) {
  const YamlNode root = read_text_proto(config_path);
  Rules rules = SecondConfig(root, config_path).rules();
  rules.spec.name = std::filesystem::path(config_path).stem().string();
  return rules;
}

}  // namespace colonnade
