#include "stages/nms.hpp"

#include <algorithm>

#include "stages/direction.hpp"

namespace colonnade {
namespace {

constexpr double kPi = 3.14159265358979323846;

bool better(const Candidate& a, const Candidate& b) noexcept {
  if (a.score != b.score) return a.score > b.score;
  if (a.anchor != b.anchor) return a.anchor < b.anchor;
  return a.label < b.label;
}

}  // namespace

Nms::Nms(const ModelSpec& model, const SensorSpec& sensor)
    : coding_(model.box),
      post_(model.post),
      frame_(sensor),
      iou_(model.box, model.post.nms),
      index_(model.grid) {}

void Nms::run(const Candidates& candidates, Detections& out) {
  const Items& items = candidates.items;
  const auto count = static_cast<std::int32_t>(items.size());
  reserve(items.capacity());
  kept_.clear();
  cut_ = 0;
  for (std::int32_t first = 0; first < count;) {
    std::int32_t last = first + 1;
    while (last < count && items[static_cast<std::size_t>(last)].group ==
                               items[static_cast<std::size_t>(first)].group) {
      ++last;
    }
    suppress(items, first, last);
    first = last;
  }
  cap_and_order(items);

  out.boxes.clear();
  out.boxes.reserve(most_boxes(items.capacity()));
  out.has_velocity = coding_.velocity;
  for (const std::int32_t i : kept_) {
    const Candidate& candidate = items[static_cast<std::size_t>(i)];
    if (in_range(candidate)) {
      out.boxes.push_back(canonical(candidate));
    } else {
      ++out.stats.boxes_out_of_range;
    }
  }
  out.stats.boxes_truncated += cut_;
}

// For the most candidates that a frame can have, so that no later one allocates.
void Nms::reserve(std::size_t candidates) {
  const auto of_group = static_cast<std::size_t>(std::max(kMaxCandidates, post_.top_k));
  kept_.reserve(candidates);
  footprints_.reserve(std::min(candidates, of_group));
  index_.reserve(std::min(candidates, of_group));
}

std::size_t Nms::most_boxes(std::size_t candidates) const noexcept {
  return post_.max_boxes > 0 ? std::min(candidates, static_cast<std::size_t>(post_.max_boxes))
                             : candidates;
}

void Nms::suppress(const Items& items, std::int32_t first, std::int32_t last) {
  const std::size_t before = kept_.size();
  index_.clear();
  footprints_.clear();
  for (std::int32_t i = first; i < last; ++i) {
    const Footprint box = iou_.footprint(items[static_cast<std::size_t>(i)]);
    const bool suppressed = index_.any(box.reach, [&](std::int32_t better_one) {
      return iou_.suppresses(footprints_[static_cast<std::size_t>(better_one)], box);
    });
    if (suppressed) continue;
    index_.add(box.reach, static_cast<std::int32_t>(footprints_.size()));
    footprints_.push_back(box);
    kept_.push_back(i);
  }
  const auto cap = static_cast<std::size_t>(post_.max_boxes_per_class);
  if (cap > 0 && kept_.size() - before > cap) {
    cut_ += static_cast<std::int64_t>(kept_.size() - before - cap);
    kept_.resize(before + cap);
  }
}

void Nms::cap_and_order(const Items& items) {
  const auto by_score = [&items](std::int32_t a, std::int32_t b) {
    return better(items[static_cast<std::size_t>(a)], items[static_cast<std::size_t>(b)]);
  };
  const auto cap = static_cast<std::size_t>(post_.max_boxes);
  const bool cuts = cap > 0 && kept_.size() > cap;
  if (post_.order != BoxOrder::class_then_score && (cuts || post_.order == BoxOrder::score)) {
    std::sort(kept_.begin(), kept_.end(), by_score);
  } else if (cuts) {
    std::nth_element(kept_.begin(), kept_.begin() + post_.max_boxes, kept_.end(), by_score);
    std::sort(kept_.begin(), kept_.begin() + post_.max_boxes);  // Candidates are in class order.
  }
  if (cuts) {
    cut_ += static_cast<std::int64_t>(kept_.size() - cap);
    kept_.resize(cap);
  }
}

bool Nms::in_range(const Candidate& c) const noexcept {
  if (!post_.range_filter) return true;
  const RangeFilter& range = *post_.range_filter;
  return c.x > range.min[0] && c.x < range.max[0] && c.y > range.min[1] && c.y < range.max[1] &&
         c.z > range.min[2] && c.z < range.max[2];
}

Box Nms::canonical(const Candidate& c) const noexcept {
  float yaw = c.yaw;
  if (!post_.direction.before_nms) yaw = apply_direction(post_.direction, yaw, c.direction);
  const bool camera = coding_.yaw == YawConvention::kitti_camera;
  Box box;
  box.x = c.x;
  box.y = c.y;
  box.z = coding_.z == ZReference::bottom ? c.z + c.height / 2 : c.z;
  box.length = c.length;
  box.width = c.width;
  box.height = c.height;
  box.yaw = wrap_angle(camera ? -static_cast<double>(yaw) - kPi / 2 : yaw);
  box.score = c.score;
  box.label = c.label;
  box.anchor = c.anchor;
  box.vx = c.vx;
  box.vy = c.vy;
  frame_.to_sensor(box);
  return box;
}

}  // namespace colonnade
