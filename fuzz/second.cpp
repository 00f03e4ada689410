// second.pytorch's pipeline.config, in protobuf's text format.
#include "model/configs/second.hpp"

#include "target.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace colonnade;
  const fuzz::InputFile file(data, size);
  fuzz::answers([&] { second_rules(file.path()); });
  return 0;
}
