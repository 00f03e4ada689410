// What the parts of an adapter share. All of it is compiled against whichever major version of
// TensorRT's headers.
#pragma once

#include <NvInfer.h>
#include <dlfcn.h>

#include <cstdint>
#include <functional>
#include <type_traits>

#include "tensorrt/adapter.hpp"

namespace colonnade {

/// TensorRT keeps the first logger that it's given for the process, whoever is given later: one for
/// the module.
nvinfer1::ILogger& the_logger();

/// Calls `f` while `sink` hears the logger and what `f` throws: TensorRT 8's parser may, and
/// nothing may leave a module. One caller at a time.
void speak_to(const AdapterSink& sink, const std::function<void()>& f);

template <typename F>
F symbol(void* library, const char* name) {
  return reinterpret_cast<F>(::dlsym(library, name));
}

inline nvinfer1::Dims dims_of(const std::int64_t* from, std::int32_t rank) {
  nvinfer1::Dims dims{};
  dims.nbDims = rank;
  for (std::int32_t i = 0; i < rank; ++i)
    dims.d[i] = static_cast<std::remove_reference_t<decltype(dims.d[0])>>(from[i]);
  return dims;
}

void build(const AdapterRequest& request, const AdapterSink& sink);

AdapterEngine* load(void* runtime, const void* plan, std::size_t bytes, const AdapterSink& sink);
void unload(AdapterEngine* engine);
std::int32_t count_profiles(AdapterEngine& engine);
std::uint64_t context_bytes(AdapterEngine& engine, std::int32_t profile);
void tell_tensors(AdapterEngine& engine, std::int32_t profile, void* user, TellTensor tell);
bool set_shapes(AdapterEngine& engine, std::int32_t profile, void* stream,
                const AdapterShape* inputs, std::size_t count, void* user, TellTensor tell,
                const AdapterSink& sink);
bool enqueue(AdapterEngine& engine, const AdapterAddress* tensors, std::size_t count, void* stream,
             const AdapterSink& sink);

}  // namespace colonnade
