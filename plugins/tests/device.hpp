// Memory of a CUDA device for tests: a failed call is an exception, a case without a device is
// skipped.
#pragma once

#include <cuda_runtime_api.h>
#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <vector>

namespace colonnade::plugins::testing {

inline void must(cudaError_t status) {
  if (status != cudaSuccess) throw std::runtime_error(cudaGetErrorString(status));
}

/// Elements on the device.
template <typename T>
class OnDevice {
 public:
  explicit OnDevice(std::size_t count) : count_(count) {
    must(cudaMalloc(&data_, count * sizeof(T) + 1));
    must(
        cudaMemset(data_, 0xa5, count * sizeof(T) + 1));  // No result may depend on what was there.
  }
  explicit OnDevice(const std::vector<T>& values) : OnDevice(values.size()) {
    must(cudaMemcpy(data_, values.data(), count_ * sizeof(T), cudaMemcpyHostToDevice));
  }
  OnDevice(const OnDevice&) = delete;
  OnDevice& operator=(const OnDevice&) = delete;
  ~OnDevice() { cudaFree(data_); }

  T* data() const { return static_cast<T*>(data_); }
  std::vector<T> read() const {
    std::vector<T> values(count_);
    must(cudaDeviceSynchronize());
    must(cudaMemcpy(values.data(), data_, count_ * sizeof(T), cudaMemcpyDeviceToHost));
    return values;
  }

 private:
  std::size_t count_;
  void* data_ = nullptr;
};

#define COLONNADE_SKIP_WITHOUT_CUDA()                                   \
  do {                                                                  \
    int devices = 0;                                                    \
    const cudaError_t status = cudaGetDeviceCount(&devices);            \
    if (status != cudaSuccess || devices == 0)                          \
      GTEST_SKIP() << "no CUDA device: " << cudaGetErrorString(status); \
  } while (false)

}  // namespace colonnade::plugins::testing
