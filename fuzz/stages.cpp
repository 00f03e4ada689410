// Points -> pillars and head maps -> boxes on any bit patterns: NaN, infinities, 1e38, subnormals.
// The rules vary too. What must hold: every point is counted once, every box is finite.
#include <fuzzer/FuzzedDataProvider.h>

#include <cmath>
#include <vector>

#include "base/thread_pool.hpp"
#include "stages/decode.hpp"
#include "stages/nms.hpp"
#include "stages/pillarize.hpp"
#include "stages/prepare.hpp"
#include "target.hpp"

namespace {

using namespace colonnade;

template <typename E>
E pick(FuzzedDataProvider& in, E last) {
  return static_cast<E>(in.ConsumeIntegralInRange<int>(0, static_cast<int>(last)));
}

std::vector<float> floats(FuzzedDataProvider& in, std::size_t count) {
  std::vector<float> values(count, 0.5F);
  if (count > 0 && in.remaining_bytes() > 0) in.ConsumeData(values.data(), count * sizeof(float));
  return values;
}

ModelSpec model_of(FuzzedDataProvider& in) {
  ModelSpec model;
  model.classes = {"Car", "Pedestrian", "Cyclist"};
  model.grid = {{0, -4, -1}, {8, 4, 1}, {1, 1}};
  model.pillars.max_pillars = in.ConsumeIntegralInRange<int>(1, 40);
  model.pillars.max_points = in.ConsumeIntegralInRange<int>(1, 5);
  model.pillars.overflow = pick(in, PillarOverflow::stop);
  model.box.z = pick(in, ZReference::center);
  model.box.yaw = pick(in, YawConvention::kitti_camera);
  model.box.size = pick(in, SizeOrder::wlh);
  model.box.velocity = in.ConsumeBool();
  model.box.sin_cos = in.ConsumeBool();
  model.anchor_layout = {pick(in, AnchorPlacement::span), pick(in, AnchorOrder::anchor_y_x),
                         pick(in, MapLayout::flat)};
  model.heads.resize(1);
  model.heads[0].labels = {0, 2, 1};
  model.heads[0].anchors = {{0, 3.9F, 1.6F, 1.5F, -1, {0, 1.5707964F}},
                            {1, 0.8F, 0.6F, 1.7F, -1, {0}}};
  model.heads[0].map_width = 4;
  model.heads[0].map_height = 2;
  PostSpec& post = model.post;
  post.score_threshold = in.ConsumeProbability<float>();
  post.candidates = pick(in, CandidateKind::each_class);
  post.top_k = in.ConsumeIntegralInRange<int>(1, 30);
  post.top_k_stage = pick(in, TopKStage::before_threshold);
  post.nms.iou = pick(in, IouKind::unrotated);
  post.nms.threshold = in.ConsumeProbability<float>();
  post.nms.per_class = in.ConsumeBool();
  post.nms.plus_one = in.ConsumeBool();
  post.max_boxes = in.ConsumeIntegralInRange<int>(0, 20);
  post.order = pick(in, BoxOrder::score_if_capped);
  post.occupancy_mask = in.ConsumeBool();
  if (in.ConsumeBool()) post.range_filter = RangeFilter{{-1, -5, -2}, {9, 5, 3}};
  post.direction.kind = pick(in, DirectionKind::period);
  return model;
}

Pillars pillars_of(FuzzedDataProvider& in, const ModelSpec& model, Prepare& prepare,
                   Pillarize& pillarize, FrameStats& stats) {
  static std::vector<float> cloud;
  cloud = floats(in, 4 * in.ConsumeIntegralInRange<std::size_t>(0, 64));
  const Points points = prepare.run(view_xyzi(cloud.data(), cloud.size() / 4), stats);
  const Pillars pillars = pillarize.run(points, stats);
  std::int64_t held = 0;
  for (std::int64_t p = 0; p < pillars.count; ++p) {
    held += pillars.counts[p];
    const PillarCell& cell = pillars.cells[p];
    if (cell.ix < 0 || cell.ix >= model.grid.nx() || cell.iy < 0 || cell.iy >= model.grid.ny()) {
      fuzz::finding("a pillar outside of the grid");
    }
  }
  const std::int64_t dropped = stats.non_finite + stats.zero_returns + stats.self_hits +
                               stats.outside_fov + stats.out_of_range + stats.over_pillar_points +
                               stats.over_pillar_cap;
  if (stats.points != static_cast<std::int64_t>(cloud.size() / 4) ||
      stats.points != held + dropped) {
    fuzz::finding("points that nobody counted");
  }
  return pillars;
}

void check(const Detections& detections) {
  for (const Box& b : detections.boxes) {
    for (const float value : {b.x, b.y, b.z, b.length, b.width, b.height, b.yaw, b.vx, b.vy}) {
      if (!std::isfinite(value)) fuzz::finding("a box that isn't finite");
    }
    if (!(b.score >= 0 && b.score <= 1)) fuzz::finding("a score outside of [0, 1]");
    if (!(std::fabs(b.yaw) <= 3.1415927F)) fuzz::finding("a yaw outside of (-pi, pi]");
    if (b.label < 0 || b.label > 2) fuzz::finding("a label without a class");
  }
}

void run(FuzzedDataProvider& in) {
  static ThreadPool threads(1);
  const ModelSpec model = model_of(in);
  SensorSpec sensor;
  sensor.drop_zero_returns = in.ConsumeBool();
  if (in.ConsumeBool()) sensor.self_box = SensorSpec::SelfBox{{-1, -1, -1}, {1, 1, 1}};
  const bool front = in.ConsumeBool();
  Prepare prepare(model, sensor, front ? std::optional(1.5F) : std::nullopt, threads);
  Pillarize pillarize(model);
  Decode decode(model);
  Nms nms(model, sensor);

  for (int frame = 0; frame < 2; ++frame) {  // The second meets what the first left.
    Detections detections;
    const Pillars pillars = pillars_of(in, model, prepare, pillarize, detections.stats);
    constexpr std::int64_t kAnchors = 4 * 2 * 3;
    const std::int64_t codes = 7 + (model.box.sin_cos ? 1 : 0) + (model.box.velocity ? 2 : 0);
    const auto map = [&](std::int64_t values) {
      return Tensor::of<float>({kAnchors * values},
                               floats(in, static_cast<std::size_t>(kAnchors * values)));
    };
    const Tensor classes = map(3), boxes = map(codes), directions = map(2);
    HeadMaps maps;
    maps.heads.push_back({classes.view(), boxes.view(), directions.view()});
    nms.run(decode.run(maps, pillars, detections.stats), detections);
    check(detections);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;  // The provider hands a null pointer to memcpy.
  FuzzedDataProvider in(data, size);
  fuzz::answers([&] { run(in); });
  return 0;
}
