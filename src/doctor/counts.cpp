#include "doctor/counts.hpp"

#include "base/thread_pool.hpp"
#include "report/stat_fields.hpp"
#include "stages/pillarize.hpp"
#include "stages/prepare.hpp"

namespace colonnade {
namespace {

/// The first axis along which it lies outside; 3 inside.
std::size_t leaves_along(const GridSpec& grid, const Point& p) noexcept {
  if (!(p.x >= grid.min[0] && p.x < grid.max[0])) return 0;
  if (!(p.y >= grid.min[1] && p.y < grid.max[1])) return 1;
  return p.z >= grid.min[2] && p.z < grid.max[2] ? 3 : 2;
}

}  // namespace

Counts count_points(const Examined& examined, const SensorSpec& sensor,
                    std::optional<float> field_of_view) {
  SensorSpec spec = sensor;
  spec.intensity_field = "intensity";  // Of view_points, whatever it's called in the file.
  ThreadPool threads(1);
  Prepare prepare(examined.model, spec, field_of_view, threads);
  Pillarize pillarize(examined.model);
  Counts counts;
  for (const Sweep& sweep : examined.sweeps) {
    FrameStats stats;
    const Points points = prepare.run(view_points(sweep.points), stats);
    for (std::int64_t i = 0; i < points.count; ++i) {
      const std::size_t axis = leaves_along(examined.model.grid, points.data[i]);
      if (axis < 3) ++counts.outside[axis];
    }
    pillarize.run(points, stats);
    counts.sweeps.push_back(stats);
    for (const StatField& field : kStatFields) counts.all.*field.member += stats.*field.member;
  }
  return counts;
}

}  // namespace colonnade
