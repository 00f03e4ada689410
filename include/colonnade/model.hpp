// What the ONNX graphs of a PointPillars model can't say, as values: model.yaml and sensor.yaml.
// docs/model_yaml.md gives the file's keys; every member here has the key of the same name.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "colonnade/export.hpp"

namespace colonnade {

/// Grid of pillars: cell (ix, iy) holds the points with floor((p - min) / cell) == (ix, iy),
/// computed in float32, and min z <= z < max z.
struct GridSpec {
  std::array<float, 3> min{};   ///< Range's lower corner x, y, z, metres (inclusive).
  std::array<float, 3> max{};   ///< Upper corner (exclusive).
  std::array<float, 2> cell{};  ///< Pillar size in x and y, metres.

  COLONNADE_EXPORT std::int64_t nx() const noexcept;  ///< Columns (W of the BEV image).
  COLONNADE_EXPORT std::int64_t ny() const noexcept;  ///< Rows (H).
};

/// One channel of a pillar's point, in the order in which the graph's input wants them.
enum class PointFeature : std::uint8_t {
  x,
  y,
  z,
  intensity,
  dt,
  mean_dx,
  mean_dy,
  mean_dz,  ///< Point minus the mean of the pillar's points.
  center_dx,
  center_dy,
  center_dz,  ///< Point minus the pillar's centre (PillarSpec::center).
};

/// What happens to a point that would open a pillar when max_pillars are open.
enum class PillarOverflow : std::uint8_t {
  skip,  ///< That point is dropped, later points still join open pillars (OpenPCDet, mmdet3d).
  stop,  ///< The sweep ends there (second.pytorch's `break`).
};

struct PillarSpec {
  std::int64_t max_pillars = 0;
  std::int64_t max_points = 0;  ///< A pillar keeps its first max_points points, in arrival order.
  PillarOverflow overflow = PillarOverflow::skip;
  /// Centre of cell (0, 0) and the height that center_dz refers to, metres. Exporters disagree:
  /// SmallMunich subtracts 0.16 * ix + 0.1, not the geometric centre.
  std::array<float, 3> center{};
  std::vector<PointFeature> features;
};

/// What a graph's input is fed with. P: pillars, N: max_points, F: features, C: channels.
enum class InputSource : std::uint8_t {
  points,  ///< float [P, N, F], [1, P, N, F] or [1, F, P, N]...: the features, zero padded.
  x,
  y,
  z,
  intensity,  ///< float [1, 1, P, N]: one raw scalar a slot, zero padded (SmallMunich).
  center_x,
  center_y,           ///< float [1, 1, P, N]: the pillar's centre, repeated in every slot.
  mask,               ///< float [1, 1, P, N] or [1, P, N, 1]: 1 where the slot holds a point.
  num_points,         ///< [P] or [1, P]: points a pillar; at least 1 on padding.
  coords_bzyx,        ///< [P, 4]: batch 0, z 0, iy, ix.
  coords_bxyz,        ///< [P, 4]: batch 0, ix, iy, z 0 (zhulf0804).
  pillar_count,       ///< [1]: real pillars.
  scatterbev_params,  ///< float [1, 1, 1, 5] whose bits are uint32 {1, C, H, W, P} (NVIDIA 2021).
  pillar_features,    ///< Output of the PFN.
  bev_image,          ///< [1, C, H, W]: the scattered pillar features.
};

/// What one of a graph's outputs means.
enum class OutputMeaning : std::uint8_t {
  pillar_features,  ///< [P, C] or [1, C, P, 1].
  bev_image,        ///< [1, C, H, W].
  class_scores,     ///< Logits of one head.
  box_codes,        ///< Residuals of one head.
  direction,        ///< Direction logits of one head.
  decoded_boxes,    ///< [N, codes], boxes decoded in the graph, all heads concatenated (hova88).
  detections,       ///< [K, 7 + classes + 1]: box, scores, direction (zhulf0804).
};

/// A graph's tensor: by name, or by position where the exporter's names are unstable.
struct TensorRef {
  std::string name;  ///< Empty: use `position`.
  std::int64_t position = -1;
};

struct InputBinding {
  TensorRef tensor;
  InputSource source{};
};

struct OutputBinding {
  TensorRef tensor;
  OutputMeaning meaning{};
  std::int64_t head = 0;  ///< Index into ModelSpec::heads.
};

/// One ONNX file of the model, in the order of the data.
struct GraphSpec {
  std::string file;  ///< Relative to model.yaml's folder.
  std::vector<InputBinding> inputs;
  std::vector<OutputBinding> outputs;
};

/// One anchor shape, repeated over the head's map for each rotation.
struct AnchorSpec {
  std::int64_t label = 0;  ///< Class it was trained for (documentation; scores decide).
  float length = 0, width = 0, height = 0;  ///< Metres; length along the box's heading axis.
  float z = 0;                              ///< Of the bottom or the centre, as BoxCoding::z says.
  std::vector<float> rotations;             ///< Radians, in the model's own yaw convention.
};

/// Where the anchors of map cell i of n stand along an axis of range [min, max].
enum class AnchorPlacement : std::uint8_t {
  cell_center,  ///< min + (i + 0.5) * (max - min) / n (mmdet3d, second.pytorch).
  span,         ///< min + i * (max - min) / (n - 1): the first and last on the border (OpenPCDet).
};

/// Nesting of a head's flat anchor index, slowest first.
enum class AnchorOrder : std::uint8_t {
  y_x_anchor,  ///< (y, x, anchor, rotation): the anchor is innermost, as in NHWC maps.
  anchor_y_x,  ///< (anchor, rotation, y, x): OpenPCDet's multi-head.
};

/// Layout of a head's maps. A = anchors a cell, K = values an anchor.
enum class MapLayout : std::uint8_t {
  nhwc,  ///< [1, H, W, A*K]
  nchw,  ///< [1, A*K, H, W]
  flat,  ///< [1, anchors, K] or [anchors, K], flat anchor index first.
};

struct HeadSpec {
  std::vector<std::int64_t> labels;  ///< Class index of each of the head's score channels.
  std::vector<AnchorSpec> anchors;
  std::int64_t map_width = 0, map_height = 0;  ///< Cells of the head's map along x, along y.
};

struct AnchorLayout {
  AnchorPlacement placement = AnchorPlacement::cell_center;
  AnchorOrder order = AnchorOrder::y_x_anchor;
  MapLayout layout = MapLayout::nhwc;
};

enum class ZReference : std::uint8_t { bottom, center };

/// The model's own yaw r.
enum class YawConvention : std::uint8_t {
  ccw_from_x,    ///< Counter-clockwise from +x: r is the canonical yaw.
  kitti_camera,  ///< second.pytorch, zhulf0804: canonical yaw = -r - pi/2.
};

/// Order of the three extents in codes and in decoded boxes.
enum class SizeOrder : std::uint8_t { lwh, wlh };

/// How seven (or nine) codes become a box: xy times the anchor's BEV diagonal, z times its height,
/// extents exp(code) times the anchor's (SECOND, Yan et al. 2018).
struct BoxCoding {
  /// Of anchors and decoded boxes alike; codes relate centres either way, in every exporter.
  ZReference z = ZReference::bottom;
  YawConvention yaw = YawConvention::ccw_from_x;
  SizeOrder size = SizeOrder::lwh;
  bool velocity = false;  ///< Two more codes, vx and vy.
  bool sin_cos =
      false;  ///< Yaw is coded as cos and sin, added to the anchor's (OpenPCDet multi-head).
};

enum class DirectionKind : std::uint8_t {
  none,
  flip_if_disagree,  ///< yaw += pi if (yaw > 0) XOR (dir == 1) (second.pytorch).
  add_pi_if_zero,    ///< yaw += pi if dir == 0 (Autoware).
  period,  ///< yaw = limit_period(yaw - offset, limit_offset, pi) + offset + pi * (dir or 1 - dir),
           ///< limit_period(v, o, p) = v - floor(v / p + o) * p (OpenPCDet, mmdet3d, zhulf0804).
};

struct DirectionSpec {
  DirectionKind kind = DirectionKind::none;
  float offset = 0;
  float limit_offset = 0;
  bool inverted = false;   ///< pi is added where dir is 0.
  std::int64_t tie = 0;    ///< dir when both logits are equal.
  bool before_nms = true;  ///< Whether NMS sees the corrected yaw.
};

enum class Comparison : std::uint8_t { greater, greater_equal };

enum class IouKind : std::uint8_t {
  rotated,       ///< Of the rotated rectangles, BEV.
  axis_aligned,  ///< Of the upright rectangles around the rotated ones (second.pytorch).
  unrotated,     ///< Of the rectangles with yaw ignored (zhulf0804's C++).
};

struct NmsSpec {
  IouKind iou = IouKind::rotated;
  float threshold = 0;                          ///< IoU, 0 to 1.
  Comparison comparison = Comparison::greater;  ///< Suppressed if IoU (comparison) threshold.
  float margin = 0;       ///< Rotated: a corner counts as inside when within this many metres.
  bool plus_one = false;  ///< Axis-aligned: extents are max - min + 1 (pixel convention on metres).
  bool per_class = false;  ///< Boxes suppress only boxes of their own class.
};

/// Which (anchor, class) pairs are candidates.
enum class CandidateKind : std::uint8_t {
  best_class,  ///< One an anchor: its best class.
  each_class,  ///< One an anchor and class that passes.
};

enum class TopKStage : std::uint8_t {
  after_threshold,   ///< Of the candidates that passed (per NMS call), by score.
  before_threshold,  ///< Of all anchors by their best score; then the threshold (mmdet3d).
};

enum class BoxOrder : std::uint8_t {
  score,             ///< By falling score.
  class_then_score,  ///< Head by head, class by class, each by falling score.
  score_if_capped,   ///< class_then_score; by score once max_boxes cuts (mmdet3d, zhulf0804).
};

/// Boxes are kept whose x, y and z (of bottom or centre, as BoxCoding::z says) lie strictly inside,
/// metres.
struct RangeFilter {
  std::array<float, 3> min{}, max{};
};

/// From head maps to boxes: every rule a value.
struct PostSpec {
  float score_threshold = 0;                          ///< Of the sigmoid, 0 to 1.
  Comparison score_comparison = Comparison::greater;  ///< Kept if score (comparison) threshold.
  CandidateKind candidates = CandidateKind::best_class;
  std::int64_t top_k = 0;  ///< 0: Colonnade's own bound, kMaxCandidates, counted when it cuts.
  TopKStage top_k_stage = TopKStage::after_threshold;
  NmsSpec nms;
  std::int64_t max_boxes_per_class = 0;  ///< After NMS, each head and class; 0: no cap.
  std::int64_t max_boxes = 0;            ///< After all; 0: no cap.
  BoxOrder order = BoxOrder::score;
  bool occupancy_mask = false;  ///< Drop anchors whose rectangle covers <= occupancy_area pillars.
  float occupancy_area = 1;     ///< second.pytorch's anchor_area_threshold.
  std::optional<RangeFilter> range_filter;
  DirectionSpec direction;
};

/// The sensor that the network was trained on: `colonnade doctor` holds clouds against it.
struct TrainingSensor {
  float ground_z = 0;      ///< Height of the road below it in the model's frame, metres.
  std::int64_t rings = 0;  ///< Laser rings.
};

/// A whole model: graphs and what they can't say.
struct ModelSpec {
  std::int64_t version = 1;
  std::string name;
  std::string note;  ///< Shown beside every result ("random weights"); empty: nothing.
  std::vector<std::string> classes;  ///< Names; Box::label is an index into them.
  GridSpec grid;
  PillarSpec pillars;
  std::vector<GraphSpec> graphs;
  BoxCoding box;
  AnchorLayout anchor_layout;
  std::vector<HeadSpec> heads;
  PostSpec post;
  std::int64_t sweeps = 1;  ///< Sweeps the model was trained to see at once.
  float ego_radius = 0;  ///< Drop points with |x| and |y| both below it (OpenPCDet nuScenes: 1 m).
  float intensity_max =
      1;  ///< Full scale of the intensity the network was trained with (1 or 255).
  std::optional<TrainingSensor> trained_on;
  std::string directory;  ///< Not in the file: the folder that `graphs[].file` is relative to.
};

/// Candidates an NMS call looks at when the model gives no top_k of its own.
inline constexpr std::int64_t kMaxCandidates = 32768;

/// What belongs to the robot, not to the network.
struct SensorSpec {
  std::int64_t version = 1;
  /// Row-major rigid transform: model = rotation * sensor + translation.
  std::array<double, 9> rotation{1, 0, 0, 0, 1, 0, 0, 0, 1};
  std::array<double, 3> translation{};        ///< Metres.
  std::string intensity_field = "intensity";  ///< Name of the cloud's field.
  float intensity_scale = 1;  ///< Above 0; multiplies the intensity, before the clamp.
  std::array<float, 2> intensity_clamp{-std::numeric_limits<float>::infinity(),
                                       std::numeric_limits<float>::infinity()};
  /// Corners x, y, z in the sensor's frame, metres.
  struct SelfBox {
    std::array<float, 3> min{}, max{};
  };
  std::optional<SelfBox> self_box;  ///< The robot's own body: points inside are dropped.
  bool drop_zero_returns = false;   ///< Drop points at exactly (0, 0, 0).
};

/// Read strictly. Error(io): the file can't be read; limit: it's too large; format: it isn't plain
/// YAML, a key is unknown or missing, a value is out of range: with file, line, key, what was found
/// and what was expected.
COLONNADE_EXPORT ModelSpec read_model_yaml(const std::string& path);
COLONNADE_EXPORT SensorSpec read_sensor_yaml(const std::string& path);
/// What read_model_yaml reads back as the same values. Error(io).
COLONNADE_EXPORT void write_model_yaml(const ModelSpec& spec, const std::string& path);

}  // namespace colonnade
