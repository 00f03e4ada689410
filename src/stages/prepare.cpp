#include "stages/prepare.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <string>

#include "cloud/scalar.hpp"
#include "colonnade/error.hpp"

namespace colonnade {
namespace {

constexpr std::int64_t kChunk = 16384;
constexpr double kTwoPi = 6.28318530717958647692;

/// The fields that the pipeline reads; intensity and dt may be null.
struct Fields {
  const PointField *x, *y, *z, *intensity, *dt;

  bool all_f32() const noexcept {
    for (const PointField* f : {x, y, z, intensity, dt}) {
      if (f != nullptr && f->type != FieldType::f32) return false;
    }
    return true;
  }
};

struct ReadAny {
  const CloudView& cloud;
  Fields fields;

  Point operator()(std::int64_t index) const noexcept {
    const auto i = static_cast<std::size_t>(index);
    return {load_float(cloud, i, fields.x), load_float(cloud, i, fields.y),
            load_float(cloud, i, fields.z), load_float(cloud, i, fields.intensity),
            load_float(cloud, i, fields.dt)};
  }
};

/// The same for float32 fields only, as nearly all clouds have them.
struct ReadF32 {
  const std::byte* data;
  std::size_t stride;
  std::size_t x, y, z, intensity, dt;
  bool has_intensity, has_dt;

  ReadF32(const CloudView& cloud, const Fields& f)
      : data(cloud.data),
        stride(cloud.stride),
        x(f.x->offset),
        y(f.y->offset),
        z(f.z->offset),
        intensity(f.intensity != nullptr ? f.intensity->offset : 0),
        dt(f.dt != nullptr ? f.dt->offset : 0),
        has_intensity(f.intensity != nullptr),
        has_dt(f.dt != nullptr) {}

  Point operator()(std::int64_t index) const noexcept {
    const std::byte* point = data + static_cast<std::size_t>(index) * stride;
    return {load(point + x), load(point + y), load(point + z),
            has_intensity ? load(point + intensity) : 0.0f, has_dt ? load(point + dt) : 0.0f};
  }

  static float load(const std::byte* at) noexcept {
    float value;
    std::memcpy(&value, at, sizeof value);  // Drivers pack points: a field may be unaligned.
    return value;
  }
};

std::string names_of(const CloudView& cloud) {
  std::string names;
  for (std::size_t i = 0; i < cloud.field_count; ++i) {
    names += (i == 0 ? "" : ", ") + cloud.fields[i].name;
  }
  return names.empty() ? "none" : names;
}

const PointField* find_intensity(const CloudView& cloud, const std::string& name) {
  const PointField* field = cloud.find(name.c_str());
  return field == nullptr && name == "intensity" ? cloud.find("i") : field;
}

Fields find_fields(const CloudView& cloud, const std::string& intensity) {
  const auto require = [&cloud](const char* name) {
    const PointField* field = cloud.find(name);
    if (field == nullptr) {
      throw Error(ErrorCode::mismatch, "cloud",
                  fmt::format("expected the fields x, y and z, found {}: name the field '{}'",
                              names_of(cloud), name));
    }
    return field;
  };
  return {require("x"), require("y"), require("z"), find_intensity(cloud, intensity),
          cloud.find("dt")};
}

void check_layout(const CloudView& cloud, const Fields& fields) {
  for (const PointField* f : {fields.x, fields.y, fields.z, fields.intensity, fields.dt}) {
    if (f == nullptr) continue;
    if (f->offset > cloud.stride || cloud.stride - f->offset < size_of(f->type)) {
      throw Error(
          ErrorCode::invalid_argument, "cloud field '" + f->name + "'",
          fmt::format("expected {} bytes at offset {} inside the point, found a stride of {} bytes",
                      size_of(f->type), f->offset, cloud.stride));
    }
  }
  if (cloud.count > 0 && cloud.data == nullptr) {
    throw Error(ErrorCode::invalid_argument, "cloud",
                fmt::format("expected data of {} points, found a null pointer", cloud.count));
  }
  constexpr std::size_t kMaxPoints = std::numeric_limits<std::int32_t>::max();
  if (cloud.count > kMaxPoints) {
    throw Error(ErrorCode::limit, "cloud",
                fmt::format("expected at most {} points, found {}", kMaxPoints, cloud.count));
  }
}

bool inside(const SensorSpec::SelfBox& box, const Point& p) noexcept {
  return p.x >= box.min[0] && p.x <= box.max[0] && p.y >= box.min[1] && p.y <= box.max[1] &&
         p.z >= box.min[2] && p.z <= box.max[2];
}

std::optional<double> cos_half(std::optional<float> field_of_view) {
  if (!field_of_view) return std::nullopt;
  const float view = *field_of_view;
  if (!(view > 0) || !std::isfinite(view)) {
    throw Error(ErrorCode::invalid_argument, "field of view",
                fmt::format("expected radians in (0, 2 pi], found {}", view));
  }
  if (view >= static_cast<float>(kTwoPi)) return std::nullopt;
  return std::cos(view / 2.0);
}

void add_drops(FrameStats& stats, const FrameStats& drops) noexcept {
  stats.non_finite += drops.non_finite;
  stats.zero_returns += drops.zero_returns;
  stats.self_hits += drops.self_hits;
  stats.outside_fov += drops.outside_fov;
}

}  // namespace

Prepare::Prepare(const ModelSpec& model, const SensorSpec& sensor,
                 std::optional<float> field_of_view, Executor& threads)
    : sensor_(sensor),
      frame_(sensor),
      ego_radius_(model.ego_radius),
      cos_half_view_(cos_half(field_of_view)),
      threads_(threads) {}

Points Prepare::run(const CloudView& cloud, FrameStats& stats) {
  const Fields fields = find_fields(cloud, sensor_.intensity_field);
  check_layout(cloud, fields);
  found_intensity_ = fields.intensity != nullptr;
  found_dt_ = fields.dt != nullptr;

  const auto count = static_cast<std::int64_t>(cloud.count);
  reserve(count);
  if (fields.all_f32()) {
    read_chunks(ReadF32(cloud, fields), count);
  } else {
    read_chunks(ReadAny{cloud, fields}, count);
  }

  stats.points += count;
  std::int64_t kept = 0;
  for (std::size_t c = 0; c < chunks_.size(); ++c) {
    const Chunk& chunk = chunks_[c];
    const std::int64_t begin = static_cast<std::int64_t>(c) * kChunk;
    if (kept != begin) std::copy_n(&points_[begin], chunk.kept, &points_[kept]);
    kept += chunk.kept;
    add_drops(stats, chunk.drops);
  }
  return {points_.get(), kept};
}

template <typename Read>
void Prepare::read_chunks(const Read& read, std::int64_t count) {
  threads_.for_each(chunks_.size(), [this, &read, count](std::size_t c, int) {
    const std::int64_t begin = static_cast<std::int64_t>(c) * kChunk;
    const std::int64_t end = std::min(begin + kChunk, count);
    Chunk& chunk = chunks_[c];
    chunk = {};
    for (std::int64_t i = begin; i < end; ++i) {
      Point point = read(i);
      if (admit(point, chunk.drops)) points_[begin + chunk.kept++] = point;
    }
  });
}

bool Prepare::admit(Point& point, FrameStats& drops) const noexcept {
  point.intensity = std::clamp(point.intensity * sensor_.intensity_scale,
                               sensor_.intensity_clamp[0], sensor_.intensity_clamp[1]);
  // Intensity and dt count as coordinates here: one NaN would spread over its whole pillar.
  if (!std::isfinite(point.x) || !std::isfinite(point.y) || !std::isfinite(point.z) ||
      !std::isfinite(point.intensity) || !std::isfinite(point.dt)) {
    ++drops.non_finite;
    return false;
  }
  if (sensor_.drop_zero_returns && point.x == 0 && point.y == 0 && point.z == 0) {
    ++drops.zero_returns;
    return false;
  }
  if (sensor_.self_box && inside(*sensor_.self_box, point)) {
    ++drops.self_hits;
    return false;
  }
  frame_.to_model(point);
  // OpenPCDet's nuScenes loader: the roof carries the sensor, hits within 1 m are the car's own.
  if (std::fabs(point.x) < ego_radius_ && std::fabs(point.y) < ego_radius_) {
    ++drops.self_hits;
    return false;
  }
  if (!in_field_of_view(point)) {
    ++drops.outside_fov;
    return false;
  }
  return true;
}

bool Prepare::in_field_of_view(const Point& point) const noexcept {
  if (!cos_half_view_) return true;
  const double x = point.x, y = point.y;
  return x >= *cos_half_view_ * std::sqrt(x * x + y * y);
}

void Prepare::reserve(std::int64_t count) {
  if (count > capacity_) {
    capacity_ = count + count / 4;  // Sweeps differ by some points: don't grow at each larger one.
    points_ = std::make_unique_for_overwrite<Point[]>(static_cast<std::size_t>(capacity_));
    chunks_.reserve(static_cast<std::size_t>(capacity_ / kChunk + 1));
  }
  chunks_.resize(static_cast<std::size_t>((count + kChunk - 1) / kChunk));
}

}  // namespace colonnade
