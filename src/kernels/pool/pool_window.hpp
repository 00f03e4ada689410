// Walking a pooling window: what MaxPool and AveragePool share.
#pragma once

#include <fmt/core.h>

#include "colonnade/error.hpp"
#include "kernels/type_rules.hpp"
#include "kernels/window.hpp"

namespace colonnade::reference {

inline SpatialWindow pool_window(const op::Window& window, const Shape& x, bool ceil_mode) {
  if (x.rank() < 3) {
    throw Error(ErrorCode::mismatch,
                fmt::format("expected an input [N,C,...] with spatial dimensions, found {}",
                            x.to_string()));
  }
  return resolve_window(window, spatial_dims(x), {}, ceil_mode);
}

inline std::optional<Shape> pooled_shape(const op::Window& window, const TypeInfo& x,
                                         bool ceil_mode) {
  if (!x.shape) return std::nullopt;
  Shape shape{};
  const SpatialWindow resolved = pool_window(window, *x.shape, ceil_mode);
  shape.push_back((*x.shape)[0]);
  shape.push_back((*x.shape)[1]);
  for (const WindowAxis& axis : resolved.spatial()) shape.push_back(axis.output);
  return shape;
}

/// Calls f(d, h, w) for every window, in the order of outputs.
template <typename F>
void for_each_window(const SpatialWindow& window, F&& f) {
  for (std::int64_t d = 0; d < window.depth().output; ++d) {
    for (std::int64_t h = 0; h < window.height().output; ++h) {
      for (std::int64_t w = 0; w < window.width().output; ++w) f(d, h, w);
    }
  }
}

/// Calls f(d, h, w) with the input position of every tap of a window that isn't padding.
template <typename F>
void for_each_tap(const SpatialWindow& window, std::int64_t d, std::int64_t h, std::int64_t w,
                  F&& f) {
  const auto& [depth, height, width] = window.axes;
  const IndexRange ds = depth.taps_inside(d, depth.input);
  const IndexRange hs = height.taps_inside(h, height.input);
  const IndexRange ws = width.taps_inside(w, width.input);
  for (std::int64_t kd = ds.begin; kd < ds.end; ++kd) {
    for (std::int64_t kh = hs.begin; kh < hs.end; ++kh) {
      for (std::int64_t kw = ws.begin; kw < ws.end; ++kw) {
        f(depth.position(d, kd), height.position(h, kh), width.position(w, kw));
      }
    }
  }
}

}  // namespace colonnade::reference
