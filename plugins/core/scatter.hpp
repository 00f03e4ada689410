// Pillar features -> dense BEV image on a CUDA device: what the field's scatter plugins do, without
// TensorRT.
#pragma once

#include <cuda_runtime_api.h>

#include <cstddef>
#include <cstdint>

namespace colonnade::plugins {

/// Features are moved, not computed with: only their size counts.
enum class Element : std::uint8_t { f32, f16, i8 };

struct ScatterShape {
  std::int32_t batches = 1;
  std::int32_t rows = 0;  ///< Of features and coordinates, a batch.
  std::int32_t channels = 0, height = 0, width = 0;
};

/// All on the device.
struct ScatterInputs {
  const void* features = nullptr;  ///< [batches, rows, channels]
  /// [batches, rows, 4]: frame, z, y, x, of which the last two count. int32, or float as ScatterBEV
  /// has them.
  const void* coords = nullptr;
  bool float_coords = false;
  /// Pillars of each batch, taken as 0 to `rows`; null: all rows are.
  const std::int32_t* counts = nullptr;
  /// ScatterBEV's {1, channels, height, width, pillars}, which takes the place of counts. An image
  /// of another size than the shape's is one without pillars.
  const std::uint32_t* params = nullptr;
};

/// Bytes, aligned as cudaMalloc aligns.
std::size_t scatter_workspace(const ScatterShape& shape) noexcept;

/// Writes all of `image` [batches, channels, height, width], zero where no pillar stands. Of
/// pillars in one cell the last row's is kept, in every run (the plugins' originals left that to a
/// race). A cell outside of the image is dropped, and added to `dropped` where that isn't null.
cudaError_t scatter(const ScatterShape& shape, Element element, const ScatterInputs& inputs,
                    void* image, void* workspace, std::int32_t* dropped,
                    cudaStream_t stream) noexcept;

}  // namespace colonnade::plugins
