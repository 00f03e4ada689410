// KITTI's velodyne/NNNNNN.bin: float32 x, y, z, intensity in [0, 1].
#include "cloud/float_records.hpp"

namespace colonnade {

Cloud read_kitti(FileBytes file, const std::string& where) {
  return read_float_records(file, {{"x", "y", "z", "intensity"}, 5, "nuscenes"}, where);
}

void write_kitti(const CloudView& cloud, const std::string& path) {
  write_float_records(cloud, {"x", "y", "z", "intensity"}, path);
}

}  // namespace colonnade
