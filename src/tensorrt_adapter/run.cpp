// A plan's bytes -> an engine that runs, its tensors by their names.
#include <NvInfer.h>

#include <memory>
#include <string>

#include "tensorrt_adapter/module.hpp"

namespace colonnade {

/// Destroyed in the order that TensorRT asks for: what was made last goes first.
struct AdapterEngine {
  std::unique_ptr<nvinfer1::IRuntime> runtime;
  std::unique_ptr<nvinfer1::ICudaEngine> engine;
  std::unique_ptr<nvinfer1::IExecutionContext> context;
  std::int32_t profile = 0;  ///< The context's; an engine's first context begins with the first.
};

namespace {

using nvinfer1::DataType;
using nvinfer1::OptProfileSelector;

AdapterType type_of(DataType type) {
  switch (type) {
    case DataType::kFLOAT: return AdapterType::f32;
    case DataType::kHALF: return AdapterType::f16;
    case DataType::kINT8: return AdapterType::i8;
    case DataType::kUINT8: return AdapterType::u8;
    case DataType::kINT32: return AdapterType::i32;
    case DataType::kBOOL: return AdapterType::boolean;
#if NV_TENSORRT_MAJOR >= 10
    case DataType::kINT64: return AdapterType::i64;
    case DataType::kBF16: return AdapterType::bf16;
#endif
    default: return AdapterType::other;
  }
}

void copy(const nvinfer1::Dims& from, std::int64_t* to) {
  for (std::int32_t i = 0; i < from.nbDims; ++i) to[i] = from.d[i];
}

/// Beyond the rank that Colonnade knows it's of another type as well: whoever runs it says so.
AdapterTensor described(const nvinfer1::ICudaEngine& engine, std::int32_t profile, const char* name,
                        const nvinfer1::Dims& shape) {
  AdapterTensor tensor{};
  tensor.name = name;
  tensor.is_input = engine.getTensorIOMode(name) == nvinfer1::TensorIOMode::kINPUT;
  tensor.type = AdapterType::other;
  if (shape.nbDims < 0 || shape.nbDims > static_cast<std::int32_t>(kAdapterMaxRank)) return tensor;
  tensor.type = type_of(engine.getTensorDataType(name));
  tensor.rank = shape.nbDims;
  copy(shape, tensor.shape);
  const auto in_profile = [&](OptProfileSelector which, std::int64_t* to) {
    copy(shape, to);
    if (!tensor.is_input) return;
    const nvinfer1::Dims bound = engine.getProfileShape(name, profile, which);
    if (bound.nbDims == shape.nbDims) copy(bound, to);
  };
  in_profile(OptProfileSelector::kMIN, tensor.min);
  in_profile(OptProfileSelector::kOPT, tensor.opt);
  in_profile(OptProfileSelector::kMAX, tensor.max);
  return tensor;
}

template <typename F>
void for_each_name(const nvinfer1::ICudaEngine& engine, F&& f) {
  for (std::int32_t i = 0; i < engine.getNbIOTensors(); ++i) f(engine.getIOTensorName(i));
}

}  // namespace

AdapterEngine* load(void* library, const void* plan, std::size_t bytes, const AdapterSink& sink) {
  AdapterEngine* loaded = nullptr;
  speak_to(sink, [&] {
    const auto version = symbol<std::int32_t (*)()>(library, "getInferLibVersion");
    const auto create =
        symbol<void* (*)(void*, std::int32_t)>(library, "createInferRuntime_INTERNAL");
    if (version == nullptr || create == nullptr)
      return sink.log(sink.user, true, "the library lacks a function that every TensorRT exports");
    auto made = std::make_unique<AdapterEngine>();
    made->runtime.reset(static_cast<nvinfer1::IRuntime*>(create(&the_logger(), version())));
    if (!made->runtime) return;
    made->engine.reset(made->runtime->deserializeCudaEngine(plan, bytes));
    if (!made->engine) return;
    made->context.reset(made->engine->createExecutionContext());
    if (made->context) loaded = made.release();
  });
  return loaded;
}

void unload(AdapterEngine* engine) {
  delete engine;
}

std::int32_t count_profiles(AdapterEngine& engine) {
  return engine.engine->getNbOptimizationProfiles();
}

std::uint64_t context_bytes(AdapterEngine& engine, [[maybe_unused]] std::int32_t profile) {
#if NV_TENSORRT_MAJOR > 10 || (NV_TENSORRT_MAJOR == 10 && NV_TENSORRT_MINOR >= 1)
  return static_cast<std::uint64_t>(engine.engine->getDeviceMemorySizeForProfileV2(profile));
#else
  return engine.engine->getDeviceMemorySize();  // The largest profile's.
#endif
}

void tell_tensors(AdapterEngine& engine, std::int32_t profile, void* user, TellTensor tell) {
  for_each_name(*engine.engine, [&](const char* name) {
    tell(user, described(*engine.engine, profile, name, engine.engine->getTensorShape(name)));
  });
}

bool set_shapes(AdapterEngine& engine, std::int32_t profile, void* stream,
                const AdapterShape* inputs, std::size_t count, void* user, TellTensor tell,
                const AdapterSink& sink) {
  bool is_set = true;
  speak_to(sink, [&] {
    if (profile != engine.profile) {
      is_set =
          engine.context->setOptimizationProfileAsync(profile, static_cast<cudaStream_t>(stream));
      if (is_set) engine.profile = profile;
    }
    for (std::size_t i = 0; i < count && is_set; ++i) {
      is_set =
          engine.context->setInputShape(inputs[i].input, dims_of(inputs[i].dims, inputs[i].rank));
    }
    if (!is_set) return;
    for_each_name(*engine.engine, [&](const char* name) {
      const AdapterTensor tensor =
          described(*engine.engine, profile, name, engine.context->getTensorShape(name));
      if (!tensor.is_input) tell(user, tensor);
    });
  });
  return is_set;
}

bool enqueue(AdapterEngine& engine, const AdapterAddress* tensors, std::size_t count, void* stream,
             const AdapterSink& sink) {
  bool is_queued = true;
  speak_to(sink, [&] {
    for (std::size_t i = 0; i < count && is_queued; ++i)
      is_queued = engine.context->setTensorAddress(tensors[i].tensor, tensors[i].device);
    is_queued = is_queued && engine.context->enqueueV3(static_cast<cudaStream_t>(stream));
  });
  return is_queued;
}

}  // namespace colonnade
