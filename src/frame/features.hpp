// Pillars -> a graph's input tensor, as the exporters' own code computes it.
#pragma once

#include <array>
#include <cstdint>

#include "base/tensor.hpp"
#include "colonnade/model.hpp"
#include "frame/pillars.hpp"

namespace colonnade {

/// Fills `out` with pillars [first, last) and zero (num_points: 1) for the rest of `padded`. Slots
/// that hold no point are zero. `channels` is C of InputSource::scatterbev_params, of no use to
/// others. Error(mismatch): the tensor's shape or element type can't hold the source.
void fill_input(InputSource source, const Pillars& pillars, std::int64_t first, std::int64_t last,
                std::int64_t padded, const PillarSpec& spec, const GridSpec& grid, TensorView out,
                std::int64_t channels = 0);

/// What PointFeature::center_dx, center_dy and center_dz are relative to, `first` being the centre
/// of cell (0, 0).
std::array<float, 3> center_of(const PillarCell& cell, const std::array<float, 3>& first,
                               const GridSpec& grid) noexcept;

}  // namespace colonnade
