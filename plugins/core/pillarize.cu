#include <cub/device/device_radix_sort.cuh>
#include <cub/device/device_scan.cuh>

#include "core/pillarize.hpp"

namespace colonnade::plugins {
namespace {

constexpr int kThreads = 256;
constexpr std::int32_t kNever = INT32_MAX;

/// A stable sort of the points by cell puts each cell's points side by side in arrival order: where
/// a cell's run begins is its first point, how far into the run a point lies is its slot.
struct Workspace {
  std::int32_t *cell, *sorted_cell;    // [rows]; nx ny: in no cell.
  std::int32_t *point, *sorted_point;  // [rows]
  std::int32_t *is_first, *number;     // [rows], by arrival: does it open a pillar, which one.
  std::int32_t* run;                   // [cells]: where a cell's points begin when sorted.
  std::int32_t* stop;                  // [1]: the point at which the sweep ends.
  void* scratch;                       // CUB's.
  std::size_t scratch_bytes;
};

std::int32_t cells_of(const PillarGrid& grid) {
  return grid.nx * grid.ny;
}

int bits_of(std::int32_t largest) {
  int bits = 1;
  while (bits < 31 && (largest >> bits) != 0) ++bits;
  return bits;
}

bool can_work_on(const PillarGrid& grid, std::int32_t rows) {
  return is_sensible(grid) && rows >= 0 && rows < kNever;
}

std::size_t aligned(std::size_t bytes) {
  return (bytes + 255) / 256 * 256;
}

cudaError_t sort_points(const Workspace& w, std::size_t& bytes, std::int32_t rows, int bits,
                        void* scratch, cudaStream_t stream) {
  return cub::DeviceRadixSort::SortPairs(scratch, bytes, w.cell, w.sorted_cell, w.point,
                                         w.sorted_point, rows, 0, bits, stream);
}
cudaError_t number_pillars(const Workspace& w, std::size_t& bytes, std::int32_t rows, void* scratch,
                           cudaStream_t stream) {
  return cub::DeviceScan::ExclusiveSum(scratch, bytes, w.is_first, w.number, rows, stream);
}

/// Lays the arrays out from `base`, which may be null to learn how many bytes they take.
std::size_t lay_out(const PillarGrid& grid, std::int32_t rows, void* base, Workspace& w) {
  char* at = static_cast<char*>(base);
  std::size_t used = 0;
  const auto take = [&](std::size_t bytes) {
    char* taken = at == nullptr ? nullptr : at + used;
    used += aligned(bytes);
    return taken;
  };
  const auto integers = [&](std::int64_t count) {
    return reinterpret_cast<std::int32_t*>(
        take(static_cast<std::size_t>(count) * sizeof(std::int32_t)));
  };
  for (std::int32_t** array :
       {&w.cell, &w.sorted_cell, &w.point, &w.sorted_point, &w.is_first, &w.number}) {
    *array = integers(rows);
  }
  w.run = integers(cells_of(grid));
  w.stop = integers(1);
  std::size_t sort_bytes = 0, scan_bytes = 0;
  sort_points(w, sort_bytes, rows, bits_of(cells_of(grid)), nullptr, nullptr);
  number_pillars(w, scan_bytes, rows, nullptr, nullptr);
  w.scratch_bytes = sort_bytes > scan_bytes ? sort_bytes : scan_bytes;
  w.scratch = take(w.scratch_bytes);
  return used;
}

/// floor((p - min) / cell) in float32 as on the CPU, each operation rounded once.
__device__ float in_cells(float at, float min, float size) {
  return __fdiv_rn(__fsub_rn(at, min), size);
}

__global__ void find_cells(PillarGrid grid, PillarizeInputs inputs, Workspace w) {
  const std::int32_t i = blockIdx.x * kThreads + threadIdx.x;
  if (i == 0) *w.stop = kNever;
  if (i >= inputs.rows) return;
  w.point[i] = i;
  w.is_first[i] = 0;
  w.cell[i] = grid.nx * grid.ny;
  if (inputs.count != nullptr && i >= *inputs.count) return;
  const float* p = inputs.points + std::int64_t{i} * inputs.fields;
  const float x = in_cells(p[0], grid.min[0], grid.cell[0]);
  const float y = in_cells(p[1], grid.min[1], grid.cell[1]);
  const float z = in_cells(p[2], grid.min[2], __fsub_rn(grid.max[2], grid.min[2]));
  if (x >= 0 && x < static_cast<float>(grid.nx) && y >= 0 && y < static_cast<float>(grid.ny) &&
      z >= 0 && z < 1) {
    w.cell[i] = static_cast<std::int32_t>(y) * grid.nx + static_cast<std::int32_t>(x);
  }
}

__global__ void find_runs(PillarGrid grid, std::int32_t rows, Workspace w) {
  const std::int32_t j = blockIdx.x * kThreads + threadIdx.x;
  if (j >= rows) return;
  const std::int32_t cell = w.sorted_cell[j];
  if (cell == grid.nx * grid.ny || (j > 0 && w.sorted_cell[j - 1] == cell)) return;
  w.run[cell] = j;
  w.is_first[w.sorted_point[j]] = 1;
}

__global__ void find_stop(PillarGrid grid, std::int32_t rows, Workspace w,
                          PillarizeOutputs outputs) {
  const std::int32_t i = blockIdx.x * kThreads + threadIdx.x;
  if (i >= rows) return;
  if (grid.stop_at_cap && w.is_first[i] != 0 && w.number[i] == grid.max_pillars) *w.stop = i;
  if (i == rows - 1) *outputs.pillars = min(w.number[i] + w.is_first[i], grid.max_pillars);
}

__global__ void fill_pillars(PillarGrid grid, PillarizeInputs inputs, Workspace w,
                             PillarizeOutputs outputs) {
  const std::int32_t j = blockIdx.x * kThreads + threadIdx.x;
  if (j >= inputs.rows) return;
  const std::int32_t cell = w.sorted_cell[j];
  if (cell == grid.nx * grid.ny) return;
  const std::int32_t run = w.run[cell], slot = j - run, i = w.sorted_point[j];
  const std::int32_t pillar = w.number[w.sorted_point[run]];
  if (pillar >= grid.max_pillars || i > *w.stop) return;
  if (slot == 0) {
    std::int32_t* coords = outputs.coords + std::int64_t{pillar} * 4;
    coords[0] = coords[1] = 0;
    coords[2] = cell / grid.nx;
    coords[3] = cell % grid.nx;
  }
  if (slot >= grid.max_points) return;
  atomicAdd(&outputs.points_a_pillar[pillar], 1);
  const float* from = inputs.points + std::int64_t{i} * inputs.fields;
  float* to = outputs.voxels +
              (std::int64_t{pillar} * grid.max_points + slot) * std::int64_t{inputs.fields};
  for (std::int32_t f = 0; f < inputs.fields; ++f) to[f] = from[f];
}

cudaError_t clear(const PillarGrid& grid, std::int32_t fields, const PillarizeOutputs& outputs,
                  cudaStream_t stream) {
  const auto pillars = static_cast<std::size_t>(grid.max_pillars);
  const std::size_t values =
      pillars * static_cast<std::size_t>(grid.max_points) * static_cast<std::size_t>(fields);
  cudaError_t status = cudaMemsetAsync(outputs.voxels, 0, values * sizeof(float), stream);
  if (status != cudaSuccess) return status;
  status = cudaMemsetAsync(outputs.coords, 0xff, pillars * 4 * sizeof(std::int32_t), stream);
  if (status != cudaSuccess) return status;
  status = cudaMemsetAsync(outputs.points_a_pillar, 0, pillars * sizeof(std::int32_t), stream);
  if (status != cudaSuccess) return status;
  return cudaMemsetAsync(outputs.pillars, 0, sizeof(std::int32_t), stream);
}

}  // namespace

bool is_sensible(const PillarGrid& grid) noexcept {
  constexpr std::int32_t kMostCells = std::int32_t{1} << 28;  // As on the CPU.
  return grid.nx >= 1 && grid.ny >= 1 && grid.nx <= kMostCells / grid.ny && grid.max_pillars >= 1 &&
         grid.max_points >= 1;
}

std::size_t pillarize_workspace(const PillarGrid& grid, std::int32_t rows) noexcept {
  Workspace none{};
  return can_work_on(grid, rows) ? lay_out(grid, rows, nullptr, none) : 0;
}

cudaError_t pillarize(const PillarGrid& grid, const PillarizeInputs& inputs,
                      const PillarizeOutputs& outputs, void* workspace,
                      cudaStream_t stream) noexcept {
  if (!can_work_on(grid, inputs.rows) || inputs.fields < 3) return cudaErrorInvalidValue;
  const cudaError_t cleared = clear(grid, inputs.fields, outputs, stream);
  if (cleared != cudaSuccess || inputs.rows == 0) return cleared;
  Workspace w{};
  lay_out(grid, inputs.rows, workspace, w);
  const unsigned blocks = (static_cast<unsigned>(inputs.rows) + kThreads - 1) / kThreads;
  find_cells<<<blocks, kThreads, 0, stream>>>(grid, inputs, w);
  cudaError_t status =
      sort_points(w, w.scratch_bytes, inputs.rows, bits_of(cells_of(grid)), w.scratch, stream);
  if (status != cudaSuccess) return status;
  find_runs<<<blocks, kThreads, 0, stream>>>(grid, inputs.rows, w);
  status = number_pillars(w, w.scratch_bytes, inputs.rows, w.scratch, stream);
  if (status != cudaSuccess) return status;
  find_stop<<<blocks, kThreads, 0, stream>>>(grid, inputs.rows, w, outputs);
  fill_pillars<<<blocks, kThreads, 0, stream>>>(grid, inputs, w, outputs);
  return cudaGetLastError();
}

}  // namespace colonnade::plugins
