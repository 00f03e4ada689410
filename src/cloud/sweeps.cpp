#include "colonnade/sweeps.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include "cloud/pose.hpp"
#include "cloud/scalar.hpp"
#include "colonnade/error.hpp"

namespace colonnade {
namespace {

struct RawPoint {
  float x, y, z, intensity;
};

struct Sweep {
  double time = 0;
  Pose pose{};
  std::vector<RawPoint> points;  // In the sensor's frame.
};

struct AlignedPoint {
  float x, y, z, intensity, dt;
};

const PointField* require(const CloudView& cloud, const char* name) {
  const PointField* const field = cloud.find(name);
  if (field == nullptr) {
    throw Error(ErrorCode::invalid_argument, fmt::format("a sweep has no field '{}'", name));
  }
  return field;
}

const PointField* find_intensity(const CloudView& cloud, const std::string& name) {
  const PointField* const field = cloud.find(name.c_str());
  return field == nullptr && name == "intensity" ? cloud.find("i") : field;
}

bool is_close(const RawPoint& p, float radius) {
  return std::fabs(p.x) < radius && std::fabs(p.y) < radius;
}

bool is_no_return(const RawPoint& p) {
  return p.x == 0 && p.y == 0 && p.z == 0;
}

}  // namespace

struct SweepBuffer::Body {
  SweepOptions options;
  std::vector<Sweep> ring;  // ring[(newest + k) % size] is the k-th newest.
  std::size_t newest = 0;
  std::size_t held = 0;
  bool has_intensity = false;
  std::size_t dropped_close = 0;
  std::vector<AlignedPoint> aligned;
  std::vector<PointField> fields;

  void append_newest(const Sweep& sweep);
  void append_aligned(const Sweep& sweep, const Sweep& reference);
};

SweepBuffer::SweepBuffer(const SweepOptions& options) : body_(std::make_unique<Body>()) {
  if (options.sweeps < 1 || options.sweeps > kMaxSweeps) {
    throw Error(
        ErrorCode::invalid_argument,
        fmt::format("expected 1 to {} sweeps to be kept, found {}", kMaxSweeps, options.sweeps));
  }
  if (!(options.drop_close >= 0)) {
    throw Error(ErrorCode::invalid_argument,
                fmt::format("expected drop_close >= 0 metres, found {}", options.drop_close));
  }
  body_->options = options;
  body_->ring.resize(options.sweeps);
  body_->fields = {{"x", offsetof(AlignedPoint, x), FieldType::f32},
                   {"y", offsetof(AlignedPoint, y), FieldType::f32},
                   {"z", offsetof(AlignedPoint, z), FieldType::f32},
                   {"dt", offsetof(AlignedPoint, dt), FieldType::f32},
                   {options.intensity_field, offsetof(AlignedPoint, intensity), FieldType::f32}};
}

SweepBuffer::SweepBuffer(SweepBuffer&&) noexcept = default;
SweepBuffer& SweepBuffer::operator=(SweepBuffer&&) noexcept = default;
SweepBuffer::~SweepBuffer() = default;

void SweepBuffer::push(const CloudView& cloud, double time, const Pose& pose) {
  Body& body = *body_;
  const PointField* const x = require(cloud, "x");
  const PointField* const y = require(cloud, "y");
  const PointField* const z = require(cloud, "z");
  const PointField* const intensity = find_intensity(cloud, body.options.intensity_field);
  if (!std::isfinite(time) || (body.held > 0 && time <= body.ring[body.newest].time)) {
    throw Error(ErrorCode::invalid_argument,
                fmt::format("a sweep's time is {} s; expected a finite one later than the last "
                            "sweep's {} s",
                            time, body.held > 0 ? body.ring[body.newest].time : -INFINITY));
  }
  check_rigid(pose, "a sweep's pose");
  if (body.held > 0 && body.has_intensity != (intensity != nullptr)) {
    throw Error(ErrorCode::mismatch,
                fmt::format("a sweep has {} field '{}', unlike the sweeps before it",
                            intensity == nullptr ? "no" : "a", body.options.intensity_field));
  }
  // The oldest sweep's memory serves the new one. Nothing throws once resize has the memory.
  const std::size_t place = (body.newest + body.ring.size() - 1) % body.ring.size();
  Sweep& sweep = body.ring[place];
  sweep.points.resize(cloud.count);
  for (std::size_t i = 0; i < cloud.count; ++i) {
    sweep.points[i] = {load_float(cloud, i, x), load_float(cloud, i, y), load_float(cloud, i, z),
                       load_float(cloud, i, intensity)};
  }
  sweep.time = time;
  sweep.pose = pose;
  body.newest = place;
  body.held = std::min(body.held + 1, body.ring.size());
  body.has_intensity = intensity != nullptr;
}

// Not transformed: a product with its own inverse would move points by a rounding.
void SweepBuffer::Body::append_newest(const Sweep& sweep) {
  for (const RawPoint& p : sweep.points) aligned.push_back({p.x, p.y, p.z, p.intensity, 0});
}

void SweepBuffer::Body::append_aligned(const Sweep& sweep, const Sweep& reference) {
  const Pose transform = relative(reference.pose, sweep.pose);
  const auto dt = static_cast<float>(reference.time - sweep.time);
  for (const RawPoint& p : sweep.points) {
    if (is_close(p, options.drop_close)) {
      ++dropped_close;
    } else if (is_no_return(p)) {
      aligned.push_back({0, 0, 0, p.intensity, dt});
    } else {
      const auto moved = apply(transform, p.x, p.y, p.z);
      aligned.push_back({static_cast<float>(moved[0]), static_cast<float>(moved[1]),
                         static_cast<float>(moved[2]), p.intensity, dt});
    }
  }
}

CloudView SweepBuffer::view() {
  Body& body = *body_;
  body.aligned.clear();
  body.dropped_close = 0;
  for (std::size_t k = 0; k < body.held; ++k) {
    const Sweep& sweep = body.ring[(body.newest + k) % body.ring.size()];
    if (k == 0)
      body.append_newest(sweep);
    else
      body.append_aligned(sweep, body.ring[body.newest]);
  }
  // Intensity is the last field, for this.
  const std::size_t fields = body.fields.size() - (body.has_intensity ? 0 : 1);
  return {reinterpret_cast<const std::byte*>(body.aligned.data()), body.aligned.size(),
          sizeof(AlignedPoint), body.fields.data(), fields};
}

std::size_t SweepBuffer::sweeps() const noexcept {
  return body_->held;
}

std::size_t SweepBuffer::dropped_close() const noexcept {
  return body_->dropped_close;
}

void SweepBuffer::clear() noexcept {
  body_->held = 0;
}

}  // namespace colonnade
