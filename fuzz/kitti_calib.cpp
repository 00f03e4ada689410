// KITTI's calib/NNNNNN.txt; a point is projected with whatever was read.
#include "cloud/kitti_calib.hpp"

#include "target.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace colonnade;
  const fuzz::InputFile file(data, size);
  fuzz::answers([&] { read_kitti_calib(file.path()).in_image(10, 1, -1, 1242, 375); });
  return 0;
}
