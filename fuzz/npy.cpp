// .npy as a tensor and as a cloud. What is read as a tensor is written and read again.
#include <cstring>

#include "base/npy.hpp"
#include "base/npy_header.hpp"
#include "cloud.hpp"
#include "cloud/formats.hpp"

namespace {

using namespace colonnade;

void read_tensor(std::string_view file) {
  const Tensor tensor = parse_npy(file, "fuzz.npy");
  const std::string header = npy_header(tensor.dtype(), tensor.shape());
  std::string again = header;
  again.append(static_cast<const char*>(tensor.data()), tensor.bytes());
  const Tensor second = parse_npy(again, "again.npy");
  if (second.dtype() != tensor.dtype() || !(second.shape() == tensor.shape()) ||
      (tensor.bytes() > 0 && std::memcmp(second.data(), tensor.data(), tensor.bytes()) != 0)) {
    fuzz::finding("a tensor that's written and read is another");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::answers([&] { read_tensor({reinterpret_cast<const char*>(data), size}); });
  fuzz::answers([&] { fuzz::check_cloud(read_npy_cloud(fuzz::bytes_of(data, size), "fuzz.npy")); });
  return 0;
}
