// The few calls of CUDA that running a plan takes.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

namespace colonnade {

/// A device and a stream on it. Errors: Error(unsupported), in CUDA's words.
class Cuda {
 public:
  virtual ~Cuda() = default;
  /// "NVIDIA H100 80GB HBM3 (compute capability 9.0)"
  virtual std::string device() const = 0;
  /// Before the others, in each thread that calls them.
  virtual void enter() = 0;
  virtual void* allocate(std::size_t bytes) = 0;
  virtual void free(void* memory) noexcept = 0;
  /// A CUstream, in which the copies are queued.
  virtual void* stream() const noexcept = 0;
  virtual void copy_in(void* device, const void* host, std::size_t bytes) = 0;
  virtual void copy_out(void* host, const void* device, std::size_t bytes) = 0;
  /// Until all that's in the stream is done.
  virtual void wait() = 0;
};

/// Device 0, through libcuda.so.1, which comes with the driver: no build needs CUDA's headers.
/// Error(unsupported): no driver or no device.
std::shared_ptr<Cuda> open_cuda();

}  // namespace colonnade
