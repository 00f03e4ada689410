#include <array>

#include "model/presets/presets.hpp"

namespace colonnade {

std::span<const Preset> presets() {
  static constexpr std::array<Preset, 7> kPresets{{
      {"smallmunich-car", smallmunich_car},
      {"autoware-car", autoware_car},
      {"openpcdet-kitti", openpcdet_kitti},
      {"cuda-pointpillars", cuda_pointpillars},
      {"openpcdet-nuscenes-multihead", openpcdet_nuscenes_multihead},
      {"mmdet3d-kitti", mmdet3d_kitti},
      {"zhulf-kitti", zhulf_kitti},
  }};
  return kPresets;
}

}  // namespace colonnade
