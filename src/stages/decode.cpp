#include "stages/decode.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "colonnade/error.hpp"
#include "stages/direction.hpp"

namespace colonnade {
namespace {

constexpr std::int64_t kBoxValues = 7;
constexpr std::int64_t kMaxRows = std::int64_t{1} << 24;
constexpr std::size_t kMaxCodes = 10;

// x, y, z, three extents, yaw or its cos and sin, velocity.
std::int64_t code_count(const BoxCoding& coding) noexcept {
  return kBoxValues + (coding.sin_cos ? 1 : 0) + (coding.velocity ? 2 : 0);
}

float exp(float code) noexcept {
  return static_cast<float>(std::exp(static_cast<double>(code)));
}

bool is_finite(const Candidate& c) noexcept {
  return std::isfinite(c.x) && std::isfinite(c.y) && std::isfinite(c.z) &&
         std::isfinite(c.length) && std::isfinite(c.width) && std::isfinite(c.height) &&
         std::isfinite(c.yaw) && std::isfinite(c.vx) && std::isfinite(c.vy);
}

const float* rows_of(const ConstTensorView& tensor, std::int64_t columns, const char* what) {
  const std::size_t rank = tensor.shape.rank();
  if (tensor.dtype != DType::f32 || rank < 2 || tensor.shape[rank - 1] != columns ||
      tensor.shape.elements() / columns > kMaxRows) {
    throw Error(ErrorCode::mismatch, what,
                fmt::format("expected float32 rows of {} values, found {} {}", columns,
                            name_of(tensor.dtype), tensor.shape.to_string()));
  }
  return tensor.as<float>();
}

}  // namespace

Decode::Decode(const ModelSpec& model)
    : coding_(model.box),
      layout_(model.anchor_layout),
      post_(model.post),
      rules_(model.post),
      classes_(static_cast<std::int64_t>(model.classes.size())) {
  std::int64_t groups = 0, channels = classes_;
  for (const HeadSpec& head : model.heads) {
    heads_.push_back(
        {AnchorGrid(model, head), head.labels, anchors_, static_cast<std::int32_t>(groups)});
    anchors_ += heads_.back().anchors.size();
    groups += static_cast<std::int64_t>(head.labels.size());
    channels = std::max(channels, static_cast<std::int64_t>(head.labels.size()));
  }
  if (heads_.size() > std::numeric_limits<std::int16_t>::max() ||
      groups > std::numeric_limits<std::int16_t>::max() ||
      anchors_ > std::numeric_limits<std::int32_t>::max()) {
    throw Error(
        ErrorCode::limit, "heads",
        fmt::format("expected at most {} heads and classes and {} anchors, found {}, {}, {}",
                    std::numeric_limits<std::int16_t>::max(),
                    std::numeric_limits<std::int32_t>::max(), heads_.size(), groups, anchors_));
  }
  if (post_.occupancy_mask) occupancy_.emplace(model.grid, coding_.yaw, post_.occupancy_area);
  top_k_.emplace(post_, post_.nms.per_class ? std::max(groups, classes_) : 1, channels);
  // How many pass differs from frame to frame, and a frame must not allocate. Untouched pages of
  // large blocks cost nothing.
  const bool each = post_.candidates == CandidateKind::each_class;
  hits_.reserve(static_cast<std::size_t>(anchors_ * (each ? channels : 1)));
}

const Candidates& Decode::run(const HeadMaps& maps, const Pillars& pillars, FrameStats& stats) {
  hits_.clear();
  candidates_.items.clear();
  if (occupancy_) occupancy_->update(pillars);
  const bool finished = maps.detections.data != nullptr;
  if (finished) {
    find_in_rows(maps.detections);
  } else {
    find_in_maps(maps);
  }
  const auto found = static_cast<std::int64_t>(hits_.size());
  candidates_.items.reserve(top_k_->most(hits_.capacity()));
  stats.candidates_truncated +=
      top_k_->run(hits_, finished ? maps.detections.shape.elements() : anchors_);
  if (finished) {
    decode_rows(maps.detections);
  } else if (maps.decoded.data != nullptr) {
    decode_boxes(maps.decoded);
  } else {
    decode_codes(maps);
  }
  const std::size_t not_finite = hits_.size() - candidates_.items.size();
  stats.candidates += found - static_cast<std::int64_t>(not_finite);
  return candidates_;
}

void Decode::find_in_maps(const HeadMaps& maps) {
  if (maps.heads.size() != heads_.size()) {
    throw Error(
        ErrorCode::mismatch, "heads",
        fmt::format("expected the maps of {} heads, found {}", heads_.size(), maps.heads.size()));
  }
  for (std::size_t h = 0; h < heads_.size(); ++h) {
    const auto channels = static_cast<std::int64_t>(heads_[h].labels.size());
    find_in_map(
        h, MapView(maps.heads[h].classes, layout_, heads_[h].anchors, channels, "class scores"));
  }
}

void Decode::find_in_map(std::size_t h, const MapView& logits) {
  const Head& head = heads_[h];
  const float* data = logits.data();
  const std::int64_t stride = logits.value_stride();
  for_each_at_least(data, logits.elements(), rules_.least_logit(), [&](std::int64_t index) {
    const MapView::Element element = logits.element(index);
    if (post_.candidates == CandidateKind::best_class) {
      const float* first = data + index - element.value * stride;
      for (std::int64_t k = 0; k < logits.values(); ++k) {
        // Of equal logits the first class wins, in torch.max as in NVIDIA's kernel.
        const float other = first[k * stride];
        if (other > data[index] || (other == data[index] && k < element.value)) return;
      }
    }
    const float score = sigmoid(data[index]);
    if (!rules_.passes(score)) return;
    if (occupancy_ && !occupancy_->covers(head.anchors.at(head.anchors.place_of(element.flat)))) {
      return;
    }
    hits_.push_back({score, static_cast<std::int32_t>(head.first_anchor + element.flat),
                     group_of(head, element.value), static_cast<std::int16_t>(h),
                     static_cast<std::int16_t>(element.value)});
  });
}

// zhulf0804: the graph has chosen, scored and decoded; a row is a box, a score a class, a
// direction.
void Decode::find_in_rows(const ConstTensorView& detections) {
  const std::int64_t columns = kBoxValues + classes_ + 1;
  const float* row = rows_of(detections, columns, "detections");
  const std::int64_t rows = detections.shape.elements() / columns;
  const bool each = post_.candidates == CandidateKind::each_class;
  hits_.reserve(static_cast<std::size_t>(rows * (each ? classes_ : 1)));
  for (std::int64_t r = 0; r < rows; ++r, row += columns) {
    const float* scores = row + kBoxValues;
    const std::int64_t best = std::max_element(scores, scores + classes_) - scores;
    for (std::int64_t k = 0; k < classes_; ++k) {
      if (post_.candidates == CandidateKind::best_class && k != best) continue;
      if (!rules_.passes(scores[k])) continue;
      hits_.push_back({scores[k], static_cast<std::int32_t>(r),
                       post_.nms.per_class ? static_cast<std::int32_t>(k) : 0, 0,
                       static_cast<std::int16_t>(k)});
    }
  }
}

void Decode::decode_codes(const HeadMaps& maps) {
  const std::int64_t count = code_count(coding_);
  const bool directed = post_.direction.kind != DirectionKind::none;
  codes_.clear();
  directions_.clear();
  for (std::size_t h = 0; h < heads_.size(); ++h) {
    const AnchorGrid& anchors = heads_[h].anchors;
    codes_.emplace_back(maps.heads[h].boxes, layout_, anchors, count, "box codes");
    if (directed) {
      directions_.emplace_back(maps.heads[h].directions, layout_, anchors, 2, "directions");
    }
  }
  for (const Hit& hit : hits_) {
    const auto h = static_cast<std::size_t>(hit.head);
    const AnchorGrid& anchors = heads_[h].anchors;
    const AnchorGrid::Place place = anchors.place_of(hit.anchor - heads_[h].first_anchor);
    std::array<float, kMaxCodes> codes{};
    for (std::int64_t k = 0; k < count; ++k) {
      codes[static_cast<std::size_t>(k)] = codes_[h](place, k);
    }
    Candidate candidate = decode_anchor(anchors.at(place), codes.data());
    if (directed) {
      candidate.direction =
          direction_bin(post_.direction, directions_[h](place, 0), directions_[h](place, 1));
    }
    add(candidate, hit, label_of(hit));
  }
}

void Decode::decode_boxes(const ConstTensorView& boxes) {
  const std::int64_t columns = kBoxValues + (coding_.velocity ? 2 : 0);
  const float* values = rows_of(boxes, columns, "decoded boxes");
  if (boxes.shape.elements() / columns != anchors_) {
    throw Error(ErrorCode::mismatch, "decoded boxes",
                fmt::format("expected {} boxes, one an anchor of all heads, found {}", anchors_,
                            boxes.shape.to_string()));
  }
  for (const Hit& hit : hits_) {
    add(decoded_box(values + hit.anchor * columns, coding_.velocity), hit, label_of(hit));
  }
}

void Decode::decode_rows(const ConstTensorView& detections) {
  const std::int64_t columns = kBoxValues + classes_ + 1;
  for (const Hit& hit : hits_) {
    const float* row = detections.as<float>() + hit.anchor * columns;
    Candidate candidate = decoded_box(row, false);
    candidate.direction = row[columns - 1] > 0.5f ? 1 : 0;
    add(candidate, hit, hit.channel);
  }
}

Candidate Decode::decode_anchor(const Anchor& anchor, const float* codes) const noexcept {
  const bool lwh = coding_.size == SizeOrder::lwh;
  const float diagonal = std::sqrt(anchor.length * anchor.length + anchor.width * anchor.width);
  Candidate box{};
  box.x = codes[0] * diagonal + anchor.x;
  box.y = codes[1] * diagonal + anchor.y;
  box.length = exp(codes[lwh ? 3 : 4]) * anchor.length;
  box.width = exp(codes[lwh ? 4 : 3]) * anchor.width;
  box.height = exp(codes[5]) * anchor.height;
  // Codes relate centres even where anchors and boxes are given by their bottoms (second.pytorch,
  // mmdet3d and zhulf0804 add half a height, decode, and subtract half the new one).
  const bool bottom = coding_.z == ZReference::bottom;
  const float center =
      codes[2] * anchor.height + (bottom ? anchor.z + anchor.height / 2 : anchor.z);
  box.z = bottom ? center - box.height / 2 : center;
  const float* after = codes + kBoxValues;
  if (coding_.sin_cos) {
    box.yaw = std::atan2(codes[7] + std::sin(anchor.yaw), codes[6] + std::cos(anchor.yaw));
    ++after;
  } else {
    box.yaw = codes[6] + anchor.yaw;
  }
  if (coding_.velocity) {
    box.vx = after[0];
    box.vy = after[1];
  }
  return box;
}

Candidate Decode::decoded_box(const float* values, bool velocity) const noexcept {
  const bool lwh = coding_.size == SizeOrder::lwh;
  Candidate box{};
  box.x = values[0];
  box.y = values[1];
  box.z = values[2];
  box.length = values[lwh ? 3 : 4];
  box.width = values[lwh ? 4 : 3];
  box.height = values[5];
  box.yaw = values[6];
  if (velocity) {
    box.vx = values[7];
    box.vy = values[8];
  }
  return box;
}

void Decode::add(Candidate candidate, const Hit& hit, std::int64_t label) {
  if (post_.direction.before_nms) {
    candidate.yaw = apply_direction(post_.direction, candidate.yaw, candidate.direction);
  }
  if (!is_finite(candidate)) return;
  candidate.score = hit.score;
  candidate.label = static_cast<std::int32_t>(label);
  candidate.anchor = hit.anchor;
  candidate.group = hit.group;
  candidates_.items.push_back(candidate);
}

std::int64_t Decode::label_of(const Hit& hit) const noexcept {
  return heads_[static_cast<std::size_t>(hit.head)].labels[static_cast<std::size_t>(hit.channel)];
}

std::int32_t Decode::group_of(const Head& head, std::int64_t channel) const noexcept {
  return post_.nms.per_class ? head.first_group + static_cast<std::int32_t>(channel) : 0;
}

}  // namespace colonnade
