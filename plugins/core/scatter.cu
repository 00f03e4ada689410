#include "core/scatter.hpp"

namespace colonnade::plugins {
namespace {

constexpr int kThreads = 256;
constexpr int kChannelsAThread = 8;
constexpr std::int32_t kNobody = -1;  // All bits set, so that bytes can be filled.

__host__ __device__ std::int64_t cells_of(const ScatterShape& shape) {
  return std::int64_t{shape.height} * shape.width;
}

/// As an index; kNobody where it's outside. NaN is.
__device__ std::int32_t index_of(float coordinate, std::int32_t size) {
  return coordinate >= 0 && coordinate < static_cast<float>(size)
             ? static_cast<std::int32_t>(coordinate)
             : kNobody;
}
__device__ std::int32_t index_of(std::int32_t coordinate, std::int32_t size) {
  return coordinate >= 0 && coordinate < size ? coordinate : kNobody;
}

__device__ std::int64_t pillars_of(const ScatterShape& shape, const ScatterInputs& inputs,
                                   std::int32_t batch) {
  if (inputs.params != nullptr) {
    const std::uint32_t* params = inputs.params;
    const bool same = params[1] == static_cast<std::uint32_t>(shape.channels) &&
                      params[2] == static_cast<std::uint32_t>(shape.height) &&
                      params[3] == static_cast<std::uint32_t>(shape.width);
    return same ? params[4] : 0;
  }
  return inputs.counts != nullptr ? inputs.counts[batch] : shape.rows;
}

/// A thread a row: the highest row of a cell owns it.
template <typename Coordinate>
__global__ void claim_cells(ScatterShape shape, ScatterInputs inputs, std::int32_t* owners,
                            std::int32_t* dropped) {
  const std::int64_t row = std::int64_t{blockIdx.x} * kThreads + threadIdx.x;
  const std::int32_t batch = blockIdx.z;
  if (row >= shape.rows || row >= pillars_of(shape, inputs, batch)) return;
  const Coordinate* at =
      static_cast<const Coordinate*>(inputs.coords) + (std::int64_t{batch} * shape.rows + row) * 4;
  const std::int32_t y = index_of(at[2], shape.height), x = index_of(at[3], shape.width);
  if (y == kNobody || x == kNobody) {
    if (dropped != nullptr) atomicAdd(dropped, 1);
    return;
  }
  atomicMax(&owners[batch * cells_of(shape) + std::int64_t{y} * shape.width + x],
            static_cast<std::int32_t>(row));
}

/// A thread a cell and kChannelsAThread channels: neighbours write neighbours, zeros included.
template <typename T>
__global__ void fill_image(ScatterShape shape, const T* features, const std::int32_t* owners,
                           T* image) {
  const std::int64_t cells = cells_of(shape);
  const std::int64_t cell = std::int64_t{blockIdx.x} * kThreads + threadIdx.x;
  if (cell >= cells) return;
  const std::int64_t batch = blockIdx.z;
  const std::int32_t row = owners[batch * cells + cell];
  const T* from = features + (batch * shape.rows + row) * shape.channels;
  const std::int32_t first = blockIdx.y * kChannelsAThread;
  const std::int32_t last = min(first + kChannelsAThread, shape.channels);
  for (std::int32_t c = first; c < last; ++c) {
    image[(batch * shape.channels + c) * cells + cell] = row == kNobody ? T{0} : from[c];
  }
}

unsigned blocks(std::int64_t work, std::int64_t a_block) {
  return static_cast<unsigned>((work + a_block - 1) / a_block);
}

template <typename T>
void fill(const ScatterShape& shape, const void* features, const std::int32_t* owners, void* image,
          cudaStream_t stream) {
  const dim3 grid(blocks(cells_of(shape), kThreads), blocks(shape.channels, kChannelsAThread),
                  static_cast<unsigned>(shape.batches));
  fill_image<<<grid, kThreads, 0, stream>>>(shape, static_cast<const T*>(features), owners,
                                            static_cast<T*>(image));
}

}  // namespace

std::size_t scatter_workspace(const ScatterShape& shape) noexcept {
  return static_cast<std::size_t>(shape.batches) * static_cast<std::size_t>(cells_of(shape)) *
         sizeof(std::int32_t);
}

cudaError_t scatter(const ScatterShape& shape, Element element, const ScatterInputs& inputs,
                    void* image, void* workspace, std::int32_t* dropped,
                    cudaStream_t stream) noexcept {
  if (shape.batches < 1 || shape.channels < 1 || shape.height < 1 || shape.width < 1 ||
      shape.rows < 0) {
    return cudaErrorInvalidValue;
  }
  auto* owners = static_cast<std::int32_t*>(workspace);
  const cudaError_t cleared =
      cudaMemsetAsync(owners, 0xff, scatter_workspace(shape), stream);  // kNobody
  if (cleared != cudaSuccess) return cleared;
  if (shape.rows > 0) {
    const dim3 grid(blocks(shape.rows, kThreads), 1, static_cast<unsigned>(shape.batches));
    if (inputs.float_coords) {
      claim_cells<float><<<grid, kThreads, 0, stream>>>(shape, inputs, owners, dropped);
    } else {
      claim_cells<std::int32_t><<<grid, kThreads, 0, stream>>>(shape, inputs, owners, dropped);
    }
  }
  switch (element) {
    case Element::f32: fill<std::uint32_t>(shape, inputs.features, owners, image, stream); break;
    case Element::f16: fill<std::uint16_t>(shape, inputs.features, owners, image, stream); break;
    case Element::i8: fill<std::uint8_t>(shape, inputs.features, owners, image, stream); break;
  }
  return cudaGetLastError();
}

}  // namespace colonnade::plugins
