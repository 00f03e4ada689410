// nuScenes' samples/LIDAR_TOP/*.pcd.bin: float32 x, y, z, intensity in [0, 255], ring. The fifth is
// the laser's index, not a time: a sweep's dt comes from the sweeps' list (sweeps.hpp).
#include "cloud/float_records.hpp"

namespace colonnade {

Cloud read_nuscenes(FileBytes file, const std::string& where) {
  return read_float_records(file, {{"x", "y", "z", "intensity", "ring"}, 4, "kitti"}, where);
}

void write_nuscenes(const CloudView& cloud, const std::string& path) {
  write_float_records(cloud, {"x", "y", "z", "intensity", "ring"}, path);
}

}  // namespace colonnade
