// A pillar of a frame as LinearPfn's kernels take it.
#pragma once

#include "colonnade/model.hpp"
#include "frame/features.hpp"
#include "frame/pillars.hpp"
#include "kernels/linear_pfn/linear_pfn.hpp"

namespace colonnade {

static_assert(sizeof(Point) == LinearPfn::kScalars * sizeof(float));

inline PillarPoints points_of(const Pillars& pillars, std::int64_t pillar, const LinearPfn& layer,
                              const GridSpec& grid) noexcept {
  return {&pillars.points[pillar * pillars.max_points].x, pillars.counts[pillar],
          pillars.counts[pillar] < pillars.max_points,
          center_of(pillars.cells[pillar], layer.first_centre, grid)};
}

}  // namespace colonnade
