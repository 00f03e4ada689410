// What a plugin is, whichever interface a version of TensorRT wants of it: shim_v2.cpp
// (IPluginV2DynamicExt, below 10) and shim_v3.cpp (IPluginV3, from 10 on) say it in theirs.
#pragma once

#include <NvInferRuntime.h>
#include <cuda_runtime_api.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "tensorrt/attributes.hpp"

namespace colonnade::plugins {

using Descs = std::span<const nvinfer1::PluginTensorDesc>;

/// Immutable: the copies that TensorRT makes share nothing.
class Plugin {
 public:
  virtual ~Plugin() = default;
  virtual std::unique_ptr<Plugin> clone() const = 0;

  virtual std::int32_t inputs() const = 0;
  virtual std::int32_t outputs() const = 0;
  virtual nvinfer1::DataType output_type(std::int32_t output,
                                         nvinfer1::DataType features) const = 0;
  virtual nvinfer1::DimsExprs output_shape(std::int32_t output, const nvinfer1::DimsExprs* inputs,
                                           nvinfer1::IExprBuilder& build) const = 0;
  /// Whether tensor `at` may have its type, given those before it. Only linear formats are asked
  /// for.
  virtual bool takes(std::size_t at, Descs tensors) const = 0;
  /// Bytes for inputs of these sizes, the largest that there will be.
  virtual std::size_t workspace(Descs inputs) const = 0;
  /// False, and `problem`: the sizes don't fit together, or CUDA refused.
  virtual bool run(Descs in, const void* const* inputs, void* const* outputs, void* workspace,
                   cudaStream_t stream, std::string& problem) const = 0;
};

/// A plugin by the name under which graphs have it; all are of version "1" and no namespace.
struct PluginKind {
  const char* name;
  Attributes defaults;
  /// Nothing, and `problem`: values that can't be.
  std::unique_ptr<Plugin> (*make)(const Attributes& attributes, std::string& problem);
};
inline constexpr const char* kPluginVersion = "1";

/// ScatterBEV, PPScatterPlugin, PillarScatterPlugin, Pillarize.
const std::vector<PluginKind>& plugin_kinds();

/// Told to TensorRT's logger as an error, "NAME: PROBLEM".
void tell(const char* name, const std::string& problem);

/// What the shims do alike: null and 1 are failures, which were told.
std::unique_ptr<Plugin> make(const PluginKind& kind, const Attributes& attributes);
std::int32_t run(const PluginKind& kind, const Plugin& plugin, const nvinfer1::PluginTensorDesc* in,
                 const void* const* inputs, void* const* outputs, void* workspace,
                 cudaStream_t stream);
inline std::size_t count(std::int32_t number) {
  return static_cast<std::size_t>(number);
}

#if NV_TENSORRT_MAJOR >= 10
using PluginCreator = nvinfer1::IPluginCreatorV3One;
using AnyPluginCreator = nvinfer1::IPluginCreatorInterface;
#else
using PluginCreator = nvinfer1::IPluginCreator;
using AnyPluginCreator = nvinfer1::IPluginCreator;
#endif
/// A shim's; never destroyed, as the registry may outlive this library.
PluginCreator* new_creator(const PluginKind& kind);
/// One a kind.
const std::vector<AnyPluginCreator*>& plugin_creators();

std::unique_ptr<Plugin> make_scatter(const Attributes& attributes, std::string& problem);
std::unique_ptr<Plugin> make_pillarize(const Attributes& attributes, std::string& problem);

}  // namespace colonnade::plugins
