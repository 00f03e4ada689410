// Stands for libcuda.so.1: a device whose memory is the host's and whose streams don't wait.
#include <cstddef>
#include <cstdlib>
#include <cstring>

#define PLAYED extern "C" __attribute__((visibility("default"))) int

namespace {
using Pointer = unsigned long long;
int context, stream;
}  // namespace

PLAYED cuInit(unsigned) {
  return 0;
}
PLAYED cuDeviceGetCount(int* count) {
  *count = 1;
  return 0;
}
PLAYED cuDeviceGet(int* device, int) {
  *device = 0;
  return 0;
}
PLAYED cuDeviceGetName(char* name, int bytes, int) {
  std::strncpy(name, "Played GPU", static_cast<std::size_t>(bytes));
  return 0;
}
PLAYED cuDeviceGetAttribute(int* value, int attribute, int) {
  *value = attribute == 75 ? 8 : 9;  // Compute capability 8.9.
  return 0;
}
PLAYED cuDevicePrimaryCtxRetain(void** made, int) {
  *made = &context;
  return 0;
}
PLAYED cuCtxSetCurrent(void* set) {
  return set == &context ? 0 : 201;
}
PLAYED cuStreamCreate(void** made, unsigned) {
  *made = &stream;
  return 0;
}
PLAYED cuStreamDestroy_v2(void*) {
  return 0;
}
PLAYED cuStreamSynchronize(void* which) {
  return which == &stream ? 0 : 400;
}
PLAYED cuMemAlloc_v2(Pointer* memory, std::size_t bytes) {
  *memory = reinterpret_cast<Pointer>(std::malloc(bytes));
  return 0;
}
PLAYED cuMemFree_v2(Pointer memory) {
  std::free(reinterpret_cast<void*>(memory));
  return 0;
}
PLAYED cuMemcpyHtoDAsync_v2(Pointer to, const void* from, std::size_t bytes, void*) {
  std::memcpy(reinterpret_cast<void*>(to), from, bytes);
  return 0;
}
PLAYED cuMemcpyDtoHAsync_v2(void* to, Pointer from, std::size_t bytes, void*) {
  std::memcpy(to, reinterpret_cast<const void*>(from), bytes);
  return 0;
}
