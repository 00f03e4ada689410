// What a module compiled against one major version of TensorRT's headers does for the rest.
//
// The classes of TensorRT 8, 10 and 11 have the same names and other virtual tables, so no one
// program may include two of them: src/tensorrt_adapter is compiled once a major into a library of
// its own, which is loaded when it's needed and exports kAdapterSymbol.
#pragma once

#include <cstddef>
#include <cstdint>

namespace colonnade {

inline constexpr const char* kAdapterSymbol = "colonnade_tensorrt_adapter";
inline constexpr std::int32_t kAdapterAbi = 1;
inline constexpr std::size_t kAdapterMaxRank = 8;

struct AdapterProfile {
  const char* input;
  std::int32_t rank;
  std::int64_t min[kAdapterMaxRank], opt[kAdapterMaxRank], max[kAdapterMaxRank];
};

struct AdapterRequest {
  void* runtime;  ///< dlopen's handles of the two libraries.
  void* parser;
  const void* onnx;
  std::size_t onnx_bytes;
  const AdapterProfile* profiles;  ///< Of inputs with dynamic dimensions.
  std::size_t profile_count;
  std::uint64_t workspace;  ///< Bytes; 0: the library's own bound.
  bool tf32;                ///< float32 convolutions may round their inputs to tf32.
};

/// What comes of a build; each may be called any number of times but `plan`, which is called once.
struct AdapterSink {
  void* user;
  void (*log)(void* user, bool is_error, const char* message);
  /// One of the parser's. `node` and `op` may be empty.
  void (*refused)(void* user, const char* node, const char* op, const char* reason);
  void (*plan)(void* user, const void* bytes, std::size_t size);
};

struct Adapter {
  std::int32_t abi;
  std::int32_t header_major, header_minor;
  void (*build)(const AdapterRequest& request, const AdapterSink& sink);
};

using GetAdapter = const Adapter* (*)();

}  // namespace colonnade
