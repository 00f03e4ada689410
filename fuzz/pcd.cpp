// read_pcd on any bytes.
#include "cloud.hpp"
#include "cloud/formats.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace colonnade;
  fuzz::answers([&] { fuzz::check_cloud(read_pcd(fuzz::bytes_of(data, size), "fuzz.pcd")); });
  return 0;
}
