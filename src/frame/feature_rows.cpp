#include "frame/feature_rows.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <optional>

#include "colonnade/error.hpp"

namespace colonnade {
namespace {

constexpr std::int64_t kMaxChannels = 4096;

struct Layout {
  std::int64_t pillars, channels;
  std::int64_t pillar_stride, channel_stride;
};

std::optional<Layout> layout_of(const ConstTensorView& features) {
  const Shape& s = features.shape;
  if (features.dtype != DType::f32) return std::nullopt;
  if (s.rank() == 4 && s[0] == 1 && s[3] == 1) return Layout{s[2], s[1], 1, s[2]};
  if (s.rank() == 2) return Layout{s[0], s[1], s[1], 1};
  if (s.rank() == 3 && s[0] == 1) return Layout{s[1], s[2], s[2], 1};
  if (s.rank() == 3 && s[1] == 1) return Layout{s[0], s[2], s[2], 1};
  return std::nullopt;
}

}  // namespace

FeatureRows::FeatureRows(const ModelSpec& model)
    : max_pillars_(std::min(model.pillars.max_pillars, model.grid.nx() * model.grid.ny())) {}

void FeatureRows::add(const ConstTensorView& output, std::int64_t first, std::int64_t count) {
  const std::optional<Layout> layout = layout_of(output);
  if (!layout || layout->pillars < count || layout->channels < 1 ||
      layout->channels > kMaxChannels || first < 0 || first + count > max_pillars_) {
    throw Error(ErrorCode::mismatch, "pillar features",
                fmt::format("expected float32 [P,C], [1,P,C], [P,1,C] or [1,C,P,1] with P >= {}, "
                            "found {} {} for pillars {} to {} of at most {}",
                            count, name_of(output.dtype), output.shape.to_string(), first,
                            first + count, max_pillars_));
  }
  reserve(layout->channels);
  const auto* from = output.as<float>();
  float* to = features_.get() + first * channels_;
  if (layout->channel_stride == 1) {
    std::copy_n(from, count * channels_, to);
    return;
  }
  for (std::int64_t p = 0; p < count; ++p) {
    for (std::int64_t c = 0; c < channels_; ++c) *to++ = from[c * layout->channel_stride + p];
  }
}

void FeatureRows::reserve(std::int64_t channels) {
  if (channels == channels_) return;
  if (channels_ != 0) {
    throw Error(ErrorCode::mismatch, "pillar features",
                fmt::format("expected {} channels as before, found {}", channels_, channels));
  }
  features_ =
      std::make_unique_for_overwrite<float[]>(static_cast<std::size_t>(max_pillars_ * channels));
  channels_ = channels;
}

}  // namespace colonnade
