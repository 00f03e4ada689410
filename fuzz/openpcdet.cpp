// OpenPCDet's config. _BASE_CONFIG_ is looked for, and not found.
#include "model/configs/openpcdet.hpp"

#include "target.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace colonnade;
  const fuzz::InputFile file(data, size);
  fuzz::answers([&] { openpcdet_rules(file.path()); });
  return 0;
}
