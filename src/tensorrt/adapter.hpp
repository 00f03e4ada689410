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
inline constexpr std::int32_t kAdapterAbi = 4;
inline constexpr std::size_t kAdapterMaxRank = 8;

/// An input's part of an optimization profile.
struct AdapterProfile {
  std::int32_t number;  ///< Of the optimization profile, from 0.
  const char* input;
  std::int32_t rank;
  std::int64_t min[kAdapterMaxRank], opt[kAdapterMaxRank], max[kAdapterMaxRank];
};

/// What the library may choose to compute float32 with; fp16 and bf16 are for those that choose
/// (8, 10), elsewhere types are the graph's.
enum class AdapterPrecision : std::int32_t { fp32, tf32, fp16, bf16 };

/// Devices that a plan is for: the one it's built on, Ampere and later, those of the same compute
/// capability.
enum class AdapterHardware : std::int32_t { this_one, ampere_plus, same_compute_capability };

struct AdapterRequest {
  void* runtime;  ///< dlopen's handles of the two libraries.
  void* parser;
  const void* onnx;
  std::size_t onnx_bytes;
  const AdapterProfile* profiles;  ///< Of inputs with dynamic dimensions, by ascending number.
  std::size_t profile_count;
  std::uint64_t workspace;  ///< Bytes; 0: the library's own bound.
  AdapterPrecision precision;
  bool quantized;  ///< The graph has Q/DQ nodes.
  bool version_compatible;
  AdapterHardware hardware;
  bool keep_timings;  ///< `timings` are used and told anew; they may be none yet.
  const void* timings;
  std::size_t timings_bytes;
};

/// What comes of a build; `plan` and `timings` are called once at most, the others any number of
/// times.
struct AdapterSink {
  void* user;
  void (*log)(void* user, bool is_error, const char* message);
  /// One of the parser's. `index` is the node's, -1 where it's of none; `node` and `op` may be
  /// empty; `code` is nvonnxparser's.
  void (*refused)(void* user, std::int64_t index, const char* node, const char* op,
                  std::int32_t code, const char* reason);
  void (*plan)(void* user, const void* bytes, std::size_t size);
  void (*timings)(void* user, const void* bytes, std::size_t size);
};

enum class AdapterType : std::int32_t { f32, f16, bf16, i8, u8, i32, i64, boolean, other };

/// What a plan reads or writes. A dimension that's -1 lies between `min` and `max` in an input's
/// profile.
struct AdapterTensor {
  const char* name;
  bool is_input;
  AdapterType type;
  std::int32_t rank;
  std::int64_t shape[kAdapterMaxRank], min[kAdapterMaxRank], opt[kAdapterMaxRank],
      max[kAdapterMaxRank];
};
using TellTensor = void (*)(void* user, const AdapterTensor& tensor);

struct AdapterShape {
  const char* input;
  std::int32_t rank;
  std::int64_t dims[kAdapterMaxRank];
};
struct AdapterAddress {
  const char* tensor;
  void* device;
};

/// A plan that a library has loaded, and what it takes to run it: one thread's at a time.
struct AdapterEngine;

struct Adapter {
  std::int32_t abi;
  std::int32_t header_major, header_minor;
  void (*build)(const AdapterRequest& request, const AdapterSink& sink);

  /// Null, and `sink` hears why. `runtime` is dlopen's handle.
  AdapterEngine* (*load)(void* runtime, const void* plan, std::size_t bytes,
                         const AdapterSink& sink);
  void (*unload)(AdapterEngine* engine);
  /// How many optimization profiles it has; one of a plan without dynamic dimensions.
  std::int32_t (*profiles)(AdapterEngine& engine);
  /// Of the device, that a context takes in a profile, its inputs and outputs not included.
  std::uint64_t (*context_bytes)(AdapterEngine& engine, std::int32_t profile);
  /// All inputs, as a profile has them, and outputs, in the plan's order.
  void (*tensors)(AdapterEngine& engine, std::int32_t profile, void* user, TellTensor tell);
  /// The shapes of all inputs, in a profile; `tell` gets the outputs that follow. `stream` is that
  /// of the runs. False, and `sink` hears why.
  bool (*set_shapes)(AdapterEngine& engine, std::int32_t profile, void* stream,
                     const AdapterShape* inputs, std::size_t count, void* user, TellTensor tell,
                     const AdapterSink& sink);
  /// Puts a run into `stream`, a CUstream, with the shapes that were set; `tensors` are all of
  /// them.
  bool (*enqueue)(AdapterEngine& engine, const AdapterAddress* tensors, std::size_t count,
                  void* stream, const AdapterSink& sink);
};

using GetAdapter = const Adapter* (*)();

}  // namespace colonnade
