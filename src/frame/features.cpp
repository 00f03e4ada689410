#include "frame/features.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <string>

#include "colonnade/error.hpp"

namespace colonnade {
namespace {

constexpr std::size_t kMaxFeatures = 32;

/// Pillars [first, last), in a tensor that has room for `padded`.
struct Chunk {
  const Pillars& pillars;
  std::int64_t first, last, padded;

  std::int64_t count() const noexcept { return last - first; }
  std::int64_t points_of(std::int64_t pillar) const noexcept {
    return pillars.counts[first + pillar];
  }
  const Point* begin_of(std::int64_t pillar) const noexcept {
    return pillars.points + (first + pillar) * pillars.max_points;
  }
  const PillarCell& cell_of(std::int64_t pillar) const noexcept {
    return pillars.cells[first + pillar];
  }
};

[[noreturn]] void refuse(const TensorView& out, const std::string& expected) {
  throw Error(
      ErrorCode::mismatch, "graph input",
      fmt::format("expected {}, found {} {}", expected, name_of(out.dtype), out.shape.to_string()));
}

float* floats_of(const TensorView& out, std::int64_t elements, const char* what) {
  if (out.dtype != DType::f32 || out.shape.elements() != elements) {
    refuse(out, fmt::format("float32 with {} elements for {}", elements, what));
  }
  return out.as<float>();
}

float center_x(const PillarSpec& spec, const GridSpec& grid, const PillarCell& cell) noexcept {
  return center_of(cell, spec.center, grid)[0];
}
float center_y(const PillarSpec& spec, const GridSpec& grid, const PillarCell& cell) noexcept {
  return center_of(cell, spec.center, grid)[1];
}

// Sum of one coordinate over `slots` slots, of which the first `count` hold points and the rest 0,
// in the order of PyTorch's CPU kernel: four lanes, in each of which every 16 additions are folded
// away, then slots % 4 leftovers on lane 0. OpenPCDet's means come out bit by bit.
float sum(const Point* points, float Point::*member, std::int64_t count,
          std::int64_t slots) noexcept {
  constexpr std::int64_t kLanes = 4, kFold = 16 * kLanes;
  const std::int64_t laned = slots - slots % kLanes;
  const std::int64_t filled = std::min(count, laned);
  std::array<float, kLanes> lanes{}, folded{};
  for (std::int64_t k = 0; k < filled; ++k) {
    const auto lane = static_cast<std::size_t>(k % kLanes);
    lanes[lane] += points[k].*member;
    if ((k + kLanes) % kFold < kLanes) {
      folded[lane] += lanes[lane];
      lanes[lane] = 0;
    }
  }
  for (std::size_t lane = 0; lane < lanes.size(); ++lane) lanes[lane] += folded[lane];
  for (std::int64_t k = laned; k < count; ++k) lanes[0] += points[k].*member;
  return ((lanes[0] + lanes[1]) + lanes[2]) + lanes[3];
}

/// Every feature is one raw scalar of the point less a constant of its pillar.
struct Channel {
  float Point::*member;
  float offset;
};

using Channels = std::array<Channel, kMaxFeatures>;

Channel channel_of(PointFeature feature, const Chunk& chunk, std::int64_t pillar,
                   const PillarSpec& spec, const GridSpec& grid) noexcept {
  const auto mean = [&](float Point::*member) -> Channel {
    const std::int64_t count = chunk.points_of(pillar);
    return {member, sum(chunk.begin_of(pillar), member, count, chunk.pillars.max_points) /
                        static_cast<float>(count)};
  };
  switch (feature) {
    case PointFeature::x: return {&Point::x, 0};
    case PointFeature::y: return {&Point::y, 0};
    case PointFeature::z: return {&Point::z, 0};
    case PointFeature::intensity: return {&Point::intensity, 0};
    case PointFeature::dt: return {&Point::dt, 0};
    case PointFeature::mean_dx: return mean(&Point::x);
    case PointFeature::mean_dy: return mean(&Point::y);
    case PointFeature::mean_dz: return mean(&Point::z);
    case PointFeature::center_dx: return {&Point::x, center_x(spec, grid, chunk.cell_of(pillar))};
    case PointFeature::center_dy: return {&Point::y, center_y(spec, grid, chunk.cell_of(pillar))};
    case PointFeature::center_dz: return {&Point::z, spec.center[2]};
  }
  return {&Point::x, 0};
}

/// Where slot k's feature f of pillar p lies: p * pillar + k * slot + f * feature.
struct Strides {
  std::int64_t pillar, slot, feature;
};

Strides point_strides(const TensorView& out, std::int64_t padded, std::int64_t slots,
                      std::int64_t features) {
  const Shape& s = out.shape;
  const Shape pillars_first{padded, slots, features};
  const Shape batch_of_pillars{1, padded, slots, features};
  const Shape features_first{1, features, padded, slots};
  if (out.dtype == DType::f32) {
    if (s == pillars_first || s == batch_of_pillars) return {slots * features, features, 1};
    if (s == features_first) return {slots, 1, padded * slots};
  }
  refuse(out, fmt::format("float32 {}, {} or {} for the points", pillars_first.to_string(),
                          batch_of_pillars.to_string(), features_first.to_string()));
}

void fill_points(const Chunk& chunk, const PillarSpec& spec, const GridSpec& grid,
                 const TensorView& out) {
  const auto features = static_cast<std::int64_t>(spec.features.size());
  const std::int64_t slots = chunk.pillars.max_points;
  if (spec.features.empty() || spec.features.size() > kMaxFeatures) {
    throw Error(
        ErrorCode::limit, "pillars.features",
        fmt::format("expected 1 to {} features, found {}", kMaxFeatures, spec.features.size()));
  }
  const Strides strides = point_strides(out, chunk.padded, slots, features);
  float* const base = out.as<float>();
  std::memset(base, 0, static_cast<std::size_t>(chunk.padded * slots * features) * sizeof(float));
  Channels channels;
  for (std::int64_t p = 0; p < chunk.count(); ++p) {
    for (std::size_t f = 0; f < spec.features.size(); ++f) {
      channels[f] = channel_of(spec.features[f], chunk, p, spec, grid);
    }
    const Point* points = chunk.begin_of(p);
    const std::int64_t count = chunk.points_of(p);
    for (std::int64_t f = 0; f < features; ++f) {
      const Channel& channel = channels[static_cast<std::size_t>(f)];
      float* to = base + p * strides.pillar + f * strides.feature;
      for (std::int64_t k = 0; k < count; ++k) {
        to[k * strides.slot] = points[k].*channel.member - channel.offset;
      }
    }
  }
}

void fill_scalar(const Chunk& chunk, float Point::*member, const TensorView& out) {
  const std::int64_t slots = chunk.pillars.max_points;
  float* to = floats_of(out, chunk.padded * slots, "one scalar a point slot");
  std::memset(to, 0, static_cast<std::size_t>(chunk.padded * slots) * sizeof(float));
  for (std::int64_t p = 0; p < chunk.count(); ++p, to += slots) {
    const Point* points = chunk.begin_of(p);
    for (std::int64_t k = 0; k < chunk.points_of(p); ++k) to[k] = points[k].*member;
  }
}

/// Slot k of pillar p becomes value(p, k); padding pillars are 0.
template <typename F>
void fill_slots(const Chunk& chunk, const TensorView& out, const char* what, F&& value) {
  const std::int64_t slots = chunk.pillars.max_points;
  float* to = floats_of(out, chunk.padded * slots, what);
  for (std::int64_t p = 0; p < chunk.padded; ++p, to += slots) {
    for (std::int64_t k = 0; k < slots; ++k) to[k] = p < chunk.count() ? value(p, k) : 0.0f;
  }
}

/// `columns` numbers a pillar, in whatever element type the exporter chose.
template <typename F>
void fill_rows(const Chunk& chunk, const TensorView& out, std::int64_t columns, const char* what,
               F&& value) {
  if (out.shape.elements() != chunk.padded * columns || out.dtype == DType::boolean) {
    refuse(out, fmt::format("numbers, {} of them, for {}", chunk.padded * columns, what));
  }
  dispatch(out.dtype, [&]<typename T>(TypeTag<T>) {
    T* to = out.as<T>();
    for (std::int64_t p = 0; p < chunk.padded; ++p) {
      for (std::int64_t c = 0; c < columns; ++c) *to++ = static_cast<T>(value(p, c));
    }
  });
}

void fill_coords(const Chunk& chunk, bool x_first, const TensorView& out) {
  fill_rows(chunk, out, 4, "batch, z, y, x of each pillar",
            [&](std::int64_t p, std::int64_t column) -> std::int32_t {
              if (p >= chunk.count()) return 0;
              const PillarCell& cell = chunk.cell_of(p);
              const std::array<std::int32_t, 4> bzyx{0, 0, cell.iy, cell.ix};
              const std::array<std::int32_t, 4> bxyz{0, cell.ix, cell.iy, 0};
              return (x_first ? bxyz : bzyx)[static_cast<std::size_t>(column)];
            });
}

// NVIDIA's 2021 plugin reinterprets the float tensor's bytes as uint32.
void fill_scatterbev_params(const Chunk& chunk, std::int64_t channels, const GridSpec& grid,
                            const TensorView& out) {
  const std::array<std::uint32_t, 5> params{
      1, static_cast<std::uint32_t>(channels), static_cast<std::uint32_t>(grid.ny()),
      static_cast<std::uint32_t>(grid.nx()), static_cast<std::uint32_t>(chunk.count())};
  std::memcpy(floats_of(out, 5, "ScatterBEV's parameters"), params.data(), sizeof params);
}

}  // namespace

// OpenPCDet: ix * size + (size / 2 + min), in float32.
std::array<float, 3> center_of(const PillarCell& cell, const std::array<float, 3>& first,
                               const GridSpec& grid) noexcept {
  return {static_cast<float>(cell.ix) * grid.cell[0] + first[0],
          static_cast<float>(cell.iy) * grid.cell[1] + first[1], first[2]};
}

void fill_input(InputSource source, const Pillars& pillars, std::int64_t first, std::int64_t last,
                std::int64_t padded, const PillarSpec& spec, const GridSpec& grid, TensorView out,
                std::int64_t channels) {
  if (first < 0 || last < first || last > pillars.count || padded < last - first) {
    throw Error(ErrorCode::invalid_argument, "graph input",
                fmt::format("expected a range of {} pillars, found [{}, {}) in a tensor for {}",
                            pillars.count, first, last, padded));
  }
  const Chunk chunk{pillars, first, last, padded};
  switch (source) {
    case InputSource::points: return fill_points(chunk, spec, grid, out);
    case InputSource::x: return fill_scalar(chunk, &Point::x, out);
    case InputSource::y: return fill_scalar(chunk, &Point::y, out);
    case InputSource::z: return fill_scalar(chunk, &Point::z, out);
    case InputSource::intensity: return fill_scalar(chunk, &Point::intensity, out);
    case InputSource::center_x:
      return fill_slots(chunk, out, "the pillars' centres", [&](std::int64_t p, std::int64_t) {
        return center_x(spec, grid, chunk.cell_of(p));
      });
    case InputSource::center_y:
      return fill_slots(chunk, out, "the pillars' centres", [&](std::int64_t p, std::int64_t) {
        return center_y(spec, grid, chunk.cell_of(p));
      });
    case InputSource::mask:
      return fill_slots(chunk, out, "the mask", [&](std::int64_t p, std::int64_t k) {
        return k < chunk.points_of(p) ? 1.0f : 0.0f;
      });
    case InputSource::num_points:
      // SmallMunich divides by it on padding too: 0 / 0 would be NaN.
      return fill_rows(chunk, out, 1, "points a pillar", [&](std::int64_t p, std::int64_t) {
        return p < chunk.count() ? static_cast<std::int32_t>(chunk.points_of(p)) : 1;
      });
    case InputSource::coords_bzyx: return fill_coords(chunk, false, out);
    case InputSource::coords_bxyz: return fill_coords(chunk, true, out);
    case InputSource::pillar_count:
      return fill_rows({pillars, first, last, 1}, out, 1, "the count of pillars",
                       [&](std::int64_t, std::int64_t) { return chunk.count(); });
    case InputSource::scatterbev_params: return fill_scatterbev_params(chunk, channels, grid, out);
    case InputSource::pillar_features:
    case InputSource::bev_image: break;
  }
  throw Error(ErrorCode::internal, "graph input",
              "pillar features and BEV images come from another graph, not from pillars");
}

}  // namespace colonnade
