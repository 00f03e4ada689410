// ONNX bytes -> plan, by whichever major version of TensorRT's headers this is compiled against.
#include <NvInfer.h>
#include <NvOnnxParser.h>
#include <dlfcn.h>

#include <exception>
#include <memory>
#include <mutex>

#include "tensorrt/adapter.hpp"

namespace colonnade {
namespace {

/// TensorRT keeps the first logger that it's given for the process, whoever is given later: one for
/// the module, which tells whoever builds. So one build at a time.
class Logger final : public nvinfer1::ILogger {
 public:
  void log(Severity severity, const char* message) noexcept override {
    if (severity > Severity::kWARNING || sink_ == nullptr) return;
    sink_->log(sink_->user, severity <= Severity::kERROR, message);
  }
  void tell(const AdapterSink* sink) noexcept { sink_ = sink; }

 private:
  const AdapterSink* sink_ = nullptr;
};

Logger& the_logger() {
  static Logger logger;
  return logger;
}

template <typename F>
F symbol(void* library, const char* name) {
  return reinterpret_cast<F>(::dlsym(library, name));
}

nvinfer1::Dims dims_of(const std::int64_t* from, std::int32_t rank) {
  nvinfer1::Dims dims{};
  dims.nbDims = rank;
  for (std::int32_t i = 0; i < rank; ++i)
    dims.d[i] = static_cast<std::remove_reference_t<decltype(dims.d[0])>>(from[i]);
  return dims;
}

/// Batches are dimensions; from 11 on networks are typed strongly and know no other flags. In 10
/// types are taken from the graph too, as they are in 11: one behaviour for both.
nvinfer1::NetworkDefinitionCreationFlags network_flags() {
#if NV_TENSORRT_MAJOR >= 11
  return 0;
#elif NV_TENSORRT_MAJOR == 10
  return 1U << static_cast<std::uint32_t>(nvinfer1::NetworkDefinitionCreationFlag::kSTRONGLY_TYPED);
#else
  return 1U << static_cast<std::uint32_t>(nvinfer1::NetworkDefinitionCreationFlag::kEXPLICIT_BATCH);
#endif
}

void tell_refusals(const nvonnxparser::IParser& parser, const AdapterSink& sink) {
  for (int i = 0; i < parser.getNbErrors(); ++i) {
    const nvonnxparser::IParserError& error = *parser.getError(i);
    const char* node = "";
    const char* op = "";
#if NV_TENSORRT_MAJOR >= 10
    node = error.nodeName();
    op = error.nodeOperator();
#endif
    sink.refused(sink.user, node != nullptr ? node : "", op != nullptr ? op : "", error.desc());
  }
}

bool configure(nvinfer1::IBuilder& builder, nvinfer1::IBuilderConfig& config,
               const AdapterRequest& request) {
  if (request.workspace > 0)
    config.setMemoryPoolLimit(nvinfer1::MemoryPoolType::kWORKSPACE, request.workspace);
  // On by default: float32 would mean tf32.
  if (!request.tf32) config.clearFlag(nvinfer1::BuilderFlag::kTF32);
  if (request.profile_count == 0) return true;
  nvinfer1::IOptimizationProfile* profile = builder.createOptimizationProfile();
  if (profile == nullptr) return false;
  for (std::size_t i = 0; i < request.profile_count; ++i) {
    const AdapterProfile& p = request.profiles[i];
    using nvinfer1::OptProfileSelector;
    if (!profile->setDimensions(p.input, OptProfileSelector::kMIN, dims_of(p.min, p.rank)) ||
        !profile->setDimensions(p.input, OptProfileSelector::kOPT, dims_of(p.opt, p.rank)) ||
        !profile->setDimensions(p.input, OptProfileSelector::kMAX, dims_of(p.max, p.rank)))
      return false;
  }
  return config.addOptimizationProfile(profile) >= 0;
}

void build_plan(const AdapterRequest& request, const AdapterSink& sink) {
  const auto fail = [&](const char* message) { sink.log(sink.user, true, message); };
  Logger& logger = the_logger();
  const auto version = symbol<std::int32_t (*)()>(request.runtime, "getInferLibVersion");
  const auto create_builder =
      symbol<void* (*)(void*, std::int32_t)>(request.runtime, "createInferBuilder_INTERNAL");
  const auto create_parser =
      symbol<void* (*)(void*, void*, int)>(request.parser, "createNvOnnxParser_INTERNAL");
  if (version == nullptr || create_builder == nullptr || create_parser == nullptr)
    return fail("the library lacks a function that every TensorRT exports");
  // The library's own version, not the headers': TensorRT-RTX numbers itself anew.
  const std::unique_ptr<nvinfer1::IBuilder> builder(
      static_cast<nvinfer1::IBuilder*>(create_builder(&logger, version())));
  if (!builder) return fail("the library makes no builder");
  const std::unique_ptr<nvinfer1::INetworkDefinition> network(
      builder->createNetworkV2(network_flags()));
  if (!network) return fail("the library makes no network");
  const std::unique_ptr<nvonnxparser::IParser> parser(static_cast<nvonnxparser::IParser*>(
      create_parser(network.get(), &logger, NV_ONNX_PARSER_VERSION)));
  if (!parser) return fail("the library makes no parser");
  if (!parser->parse(request.onnx, request.onnx_bytes)) return tell_refusals(*parser, sink);
  const std::unique_ptr<nvinfer1::IBuilderConfig> config(builder->createBuilderConfig());
  if (!config || !configure(*builder, *config, request)) return fail("a profile isn't taken");
  const std::unique_ptr<nvinfer1::IHostMemory> plan(
      builder->buildSerializedNetwork(*network, *config));
  if (plan) sink.plan(sink.user, plan->data(), plan->size());
}

void build(const AdapterRequest& request, const AdapterSink& sink) {
  static std::mutex one_at_a_time;
  const std::lock_guard lock(one_at_a_time);
  the_logger().tell(&sink);
  try {
    build_plan(request, sink);
  } catch (const std::exception& exception) {  // TensorRT 8's parser may; none may leave a module.
    sink.log(sink.user, true, exception.what());
  }
  the_logger().tell(nullptr);
}

}  // namespace
}  // namespace colonnade

extern "C" __attribute__((visibility("default"))) const colonnade::Adapter*
colonnade_tensorrt_adapter() {
  static constexpr colonnade::Adapter adapter{colonnade::kAdapterAbi, NV_TENSORRT_MAJOR,
                                              NV_TENSORRT_MINOR, colonnade::build};
  return &adapter;
}
