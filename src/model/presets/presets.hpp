// One rule set an exporter; each in the file of its name.
#pragma once

#include <span>
#include <string_view>

#include "model/rules.hpp"

namespace colonnade {

Rules smallmunich_car();
Rules autoware_car();
Rules openpcdet_kitti();
Rules cuda_pointpillars();
Rules openpcdet_nuscenes_multihead();
Rules mmdet3d_kitti();
Rules zhulf_kitti();

struct Preset {
  std::string_view name;
  Rules (*rules)();
};
std::span<const Preset> presets();

}  // namespace colonnade
