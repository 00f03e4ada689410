// The formats without a header: KITTI's and nuScenes'.
#include "cloud.hpp"
#include "cloud/formats.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace colonnade;
  const auto bytes = fuzz::bytes_of(data, size);
  fuzz::answers([&] { fuzz::check_cloud(read_kitti(bytes, "fuzz.bin")); });
  fuzz::answers([&] { fuzz::check_cloud(read_nuscenes(bytes, "fuzz.pcd.bin")); });
  return 0;
}
