// A list of sweeps (JSON); the files that it names don't exist.
#include "colonnade/sweeps.hpp"
#include "cloud.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace colonnade;
  const fuzz::InputFile file(data, size);
  fuzz::answers([&] { fuzz::check_cloud(read_sweep_list(file.path())); });
  return 0;
}
