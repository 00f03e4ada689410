#include "tensorrt/cuda.hpp"

#include <dlfcn.h>
#include <fmt/core.h>

#include "colonnade/error.hpp"

namespace colonnade {
namespace {

// cuda.h's types and numbers, which its ABI holds.
using Result = int;
using Device = int;
using Pointer = unsigned long long;
using Handle = void*;
constexpr int kCapabilityMajor = 75, kCapabilityMinor = 76;  // CUdevice_attribute
constexpr unsigned kNonBlocking = 1;                         // CUstream_flags
constexpr Result kSuccess = 0;
constexpr int kNameBytes = 256;

[[noreturn]] void refuse(const std::string& message) {
  throw Error(ErrorCode::unsupported, "CUDA",
              message + "; a TensorRT plan runs on a machine with an NVIDIA GPU and its driver");
}

class Driver final : public Cuda {
 public:
  Driver() : library_(::dlopen("libcuda.so.1", RTLD_NOW)) {
    if (library_ == nullptr) refuse(fmt::format("no driver is installed ({})", ::dlerror()));
    must("cuInit", call<unsigned>("cuInit", 0U));
    int devices = 0;
    must("cuDeviceGetCount", call<int*>("cuDeviceGetCount", &devices));
    if (devices == 0) refuse("the driver sees no device");
    Device device = 0;
    must("cuDeviceGet", call<Device*, int>("cuDeviceGet", &device, 0));
    char name[kNameBytes] = {};
    must("cuDeviceGetName", call<char*, int, Device>("cuDeviceGetName", name, kNameBytes, device));
    name_ = fmt::format("{} (compute capability {}.{})", name, attribute(kCapabilityMajor, device),
                        attribute(kCapabilityMinor, device));
    must("cuDevicePrimaryCtxRetain",
         call<Handle*, Device>("cuDevicePrimaryCtxRetain", &context_, device));
    enter();
    must("cuStreamCreate", call<Handle*, unsigned>("cuStreamCreate", &stream_, kNonBlocking));
  }
  // The context and the library live as long as the process: TensorRT holds on to both.
  ~Driver() override { call<Handle>("cuStreamDestroy_v2", stream_); }
  Driver(const Driver&) = delete;
  Driver& operator=(const Driver&) = delete;

  std::string device() const override { return name_; }
  void enter() override { must("cuCtxSetCurrent", call<Handle>("cuCtxSetCurrent", context_)); }
  void* allocate(std::size_t bytes) override {
    Pointer memory = 0;
    must("cuMemAlloc", call<Pointer*, std::size_t>("cuMemAlloc_v2", &memory, bytes));
    return reinterpret_cast<void*>(memory);
  }
  void free(void* memory) noexcept override {
    call<Pointer>("cuMemFree_v2", reinterpret_cast<Pointer>(memory));
  }
  void* stream() const noexcept override { return stream_; }
  void copy_in(void* device, const void* host, std::size_t bytes) override {
    must("cuMemcpyHtoDAsync",
         call<Pointer, const void*, std::size_t, Handle>(
             "cuMemcpyHtoDAsync_v2", reinterpret_cast<Pointer>(device), host, bytes, stream_));
  }
  void copy_out(void* host, const void* device, std::size_t bytes) override {
    must("cuMemcpyDtoHAsync",
         call<void*, Pointer, std::size_t, Handle>(
             "cuMemcpyDtoHAsync_v2", host, reinterpret_cast<Pointer>(device), bytes, stream_));
  }
  void wait() override {
    must("cuStreamSynchronize", call<Handle>("cuStreamSynchronize", stream_));
  }

 private:
  template <typename... Arguments>
  Result call(const char* function, Arguments... arguments) const noexcept {
    constexpr Result kNotFound = 500;  // CUDA_ERROR_NOT_FOUND
    const auto f = reinterpret_cast<Result (*)(Arguments...)>(::dlsym(library_, function));
    return f != nullptr ? f(arguments...) : kNotFound;
  }
  int attribute(int which, Device device) const {
    int value = 0;
    must("cuDeviceGetAttribute",
         call<int*, int, Device>("cuDeviceGetAttribute", &value, which, device));
    return value;
  }
  void must(const char* what, Result result) const {
    if (result == kSuccess) return;
    const char* words = nullptr;
    call<Result, const char**>("cuGetErrorString", result, &words);
    refuse(fmt::format("{} fails: {}", what,
                       words != nullptr ? words : fmt::format("error {}", result)));
  }

  Handle library_, context_ = nullptr, stream_ = nullptr;
  std::string name_;
};

}  // namespace

std::shared_ptr<Cuda> open_cuda() {
  return std::make_shared<Driver>();
}

}  // namespace colonnade
