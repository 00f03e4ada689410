// Points -> pillars on a CUDA device, by the rule of the exporters' own code
// (src/stages/pillarize): pillars are numbered by their first point and keep their first points, in
// arrival order.
#pragma once

#include <cuda_runtime_api.h>

#include <cstddef>
#include <cstdint>

namespace colonnade::plugins {

struct PillarGrid {
  float min[3] = {}, max[3] = {};  ///< Metres: inclusive, exclusive.
  float cell[2] = {};
  std::int32_t nx = 0, ny = 0;
  std::int32_t max_pillars = 0, max_points = 0;
  /// At the point that would open a pillar too many: the sweep ends there (second.pytorch), else
  /// only that point is dropped (OpenPCDet, mmdet3d).
  bool stop_at_cap = false;
};

struct PillarizeInputs {
  const float* points = nullptr;        ///< [rows, fields]: x, y, z and what else there is.
  const std::int32_t* count = nullptr;  ///< Of points, taken as 0 to `rows`; null: all rows.
  std::int32_t rows = 0, fields = 0;
};

/// On the device; each is written whole.
struct PillarizeOutputs {
  float* voxels = nullptr;         ///< [max_pillars, max_points, fields], zero where no point is.
  std::int32_t* coords = nullptr;  ///< [max_pillars, 4]: 0, 0, y, x; -1 beyond the count, so that
                                   ///< no scatter writes there.
  std::int32_t* points_a_pillar = nullptr;  ///< [max_pillars], 0 beyond the count.
  std::int32_t* pillars = nullptr;          ///< [1]
};

/// At least a cell, a pillar and a point; at most as many cells as the CPU takes.
bool is_sensible(const PillarGrid& grid) noexcept;

/// Bytes, aligned as cudaMalloc aligns. 0: a grid or a number of rows that can't be worked on.
std::size_t pillarize_workspace(const PillarGrid& grid, std::int32_t rows) noexcept;

cudaError_t pillarize(const PillarGrid& grid, const PillarizeInputs& inputs,
                      const PillarizeOutputs& outputs, void* workspace,
                      cudaStream_t stream) noexcept;

}  // namespace colonnade::plugins
