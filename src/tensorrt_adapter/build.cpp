// ONNX bytes -> plan.
#include <NvInfer.h>
#include <NvOnnxParser.h>

#include <memory>

#include "tensorrt_adapter/module.hpp"

namespace colonnade {
namespace {

/// From 10 on parsing goes on behind a node that's refused; 8 stops there, and is asked once more
/// for the nodes of all parts that it can't take.
void tell_refusals([[maybe_unused]] nvonnxparser::IParser& parser,
                   [[maybe_unused]] const AdapterRequest& request, const AdapterSink& sink) {
  for (int i = 0; i < parser.getNbErrors(); ++i) {
    const nvonnxparser::IParserError& error = *parser.getError(i);
    const char* node = "";
    const char* op = "";
#if NV_TENSORRT_MAJOR >= 10
    node = error.nodeName();
    op = error.nodeOperator();
#endif
    sink.refused(sink.user, error.node(), node != nullptr ? node : "", op != nullptr ? op : "",
                 static_cast<std::int32_t>(error.code()), error.desc());
  }
#if NV_TENSORRT_MAJOR < 10
  const int first = parser.getNbErrors() > 0 ? parser.getError(0)->node() : -1;
  SubGraphCollection_t parts;
  parser.supportsModel(request.onnx, request.onnx_bytes, parts);
  for (const auto& [nodes, is_taken] : parts) {
    if (is_taken) continue;
    for (const std::size_t node : nodes) {
      if (static_cast<int>(node) == first) continue;
      sink.refused(sink.user, static_cast<std::int64_t>(node), "", "",
                   static_cast<std::int32_t>(nvonnxparser::ErrorCode::kUNSUPPORTED_NODE), "");
    }
  }
#endif
}

bool is_reduced(AdapterPrecision precision) {
  return precision == AdapterPrecision::fp16 || precision == AdapterPrecision::bf16;
}

/// Batches are dimensions; from 11 on networks are typed strongly and know no other flags. In 10
/// types are the graph's too, unless the library is to choose.
nvinfer1::NetworkDefinitionCreationFlags network_flags(
    [[maybe_unused]] const AdapterRequest& request) {
#if NV_TENSORRT_MAJOR >= 11
  return 0;
#elif NV_TENSORRT_MAJOR == 10
  if (is_reduced(request.precision)) return 0;
  return 1U << static_cast<std::uint32_t>(nvinfer1::NetworkDefinitionCreationFlag::kSTRONGLY_TYPED);
#else
  return 1U << static_cast<std::uint32_t>(nvinfer1::NetworkDefinitionCreationFlag::kEXPLICIT_BATCH);
#endif
}

/// Null, or what this major version lacks.
const char* lacked([[maybe_unused]] const AdapterRequest& request) {
#if NV_TENSORRT_MAJOR >= 11
  if (is_reduced(request.precision)) return "takes types from the graph alone";
#elif NV_TENSORRT_MAJOR < 9
  if (request.precision == AdapterPrecision::bf16) return "has no bf16; ask for fp16";
  if (request.hardware == AdapterHardware::same_compute_capability)
    return "knows no plans for one compute capability; ask for ampere+";
#endif
  return nullptr;
}

void set_types(nvinfer1::IBuilderConfig& config, const AdapterRequest& request) {
  // On by default: float32 would mean tf32.
  if (request.precision != AdapterPrecision::tf32) config.clearFlag(nvinfer1::BuilderFlag::kTF32);
#if NV_TENSORRT_MAJOR < 11
  if (request.precision == AdapterPrecision::fp16) config.setFlag(nvinfer1::BuilderFlag::kFP16);
#if NV_TENSORRT_MAJOR >= 9
  if (request.precision == AdapterPrecision::bf16) config.setFlag(nvinfer1::BuilderFlag::kBF16);
#endif
  // Where types aren't the graph's, Q/DQ nodes want the flag as well.
  const bool chooses = NV_TENSORRT_MAJOR < 10 || is_reduced(request.precision);
  if (request.quantized && chooses) config.setFlag(nvinfer1::BuilderFlag::kINT8);
#endif
}

void set_compatibility(nvinfer1::IBuilderConfig& config, const AdapterRequest& request) {
  if (request.version_compatible) config.setFlag(nvinfer1::BuilderFlag::kVERSION_COMPATIBLE);
  using nvinfer1::HardwareCompatibilityLevel;
  if (request.hardware == AdapterHardware::ampere_plus)
    config.setHardwareCompatibilityLevel(HardwareCompatibilityLevel::kAMPERE_PLUS);
#if NV_TENSORRT_MAJOR >= 10
  if (request.hardware == AdapterHardware::same_compute_capability)
    config.setHardwareCompatibilityLevel(HardwareCompatibilityLevel::kSAME_COMPUTE_CAPABILITY);
#endif
}

using TimingCache = std::unique_ptr<nvinfer1::ITimingCache>;

/// Timings that the library doesn't take (torn, of another version or device) are replaced by none.
TimingCache take_timings(nvinfer1::IBuilderConfig& config, const AdapterRequest& request,
                         const AdapterSink& sink) {
  if (!request.keep_timings) return nullptr;
  TimingCache timings;
  if (request.timings_bytes > 0)
    timings.reset(config.createTimingCache(request.timings, request.timings_bytes));
  if (!timings || !config.setTimingCache(*timings, false)) {
    if (request.timings_bytes > 0)
      sink.log(sink.user, false, "the timing cache isn't of this TensorRT and device: begun anew");
    timings.reset(config.createTimingCache(nullptr, 0));
    if (timings && !config.setTimingCache(*timings, false)) timings.reset();
  }
  return timings;
}

void tell_timings(const nvinfer1::IBuilderConfig& config, const AdapterSink& sink) {
  const nvinfer1::ITimingCache* timings = config.getTimingCache();
  if (timings == nullptr) return;
  const std::unique_ptr<nvinfer1::IHostMemory> bytes(timings->serialize());
  if (bytes) sink.timings(sink.user, bytes->data(), bytes->size());
}

bool configure(nvinfer1::IBuilder& builder, nvinfer1::IBuilderConfig& config,
               const AdapterRequest& request) {
  if (request.workspace > 0)
    config.setMemoryPoolLimit(nvinfer1::MemoryPoolType::kWORKSPACE, request.workspace);
  set_types(config, request);
  set_compatibility(config, request);
  nvinfer1::IOptimizationProfile* profile = nullptr;
  for (std::size_t i = 0; i < request.profile_count; ++i) {
    const AdapterProfile& p = request.profiles[i];
    if (i == 0 || p.number != request.profiles[i - 1].number) {
      if (profile != nullptr && config.addOptimizationProfile(profile) < 0) return false;
      profile = builder.createOptimizationProfile();
      if (profile == nullptr) return false;
    }
    using nvinfer1::OptProfileSelector;
    if (!profile->setDimensions(p.input, OptProfileSelector::kMIN, dims_of(p.min, p.rank)) ||
        !profile->setDimensions(p.input, OptProfileSelector::kOPT, dims_of(p.opt, p.rank)) ||
        !profile->setDimensions(p.input, OptProfileSelector::kMAX, dims_of(p.max, p.rank)))
      return false;
  }
  return profile == nullptr || config.addOptimizationProfile(profile) >= 0;
}

void build_plan(const AdapterRequest& request, const AdapterSink& sink) {
  const auto fail = [&](const char* message) { sink.log(sink.user, true, message); };
  if (const char* what = lacked(request)) return fail(what);
  const auto version = symbol<std::int32_t (*)()>(request.runtime, "getInferLibVersion");
  const auto create_builder =
      symbol<void* (*)(void*, std::int32_t)>(request.runtime, "createInferBuilder_INTERNAL");
  const auto create_parser =
      symbol<void* (*)(void*, void*, int)>(request.parser, "createNvOnnxParser_INTERNAL");
  if (version == nullptr || create_builder == nullptr || create_parser == nullptr)
    return fail("the library lacks a function that every TensorRT exports");
  // The library's own version, not the headers': TensorRT-RTX numbers itself anew.
  const std::unique_ptr<nvinfer1::IBuilder> builder(
      static_cast<nvinfer1::IBuilder*>(create_builder(&the_logger(), version())));
  if (!builder) return fail("the library makes no builder");
  const std::unique_ptr<nvinfer1::INetworkDefinition> network(
      builder->createNetworkV2(network_flags(request)));
  if (!network) return fail("the library makes no network");
  const std::unique_ptr<nvonnxparser::IParser> parser(static_cast<nvonnxparser::IParser*>(
      create_parser(network.get(), &the_logger(), NV_ONNX_PARSER_VERSION)));
  if (!parser) return fail("the library makes no parser");
  if (!parser->parse(request.onnx, request.onnx_bytes))
    return tell_refusals(*parser, request, sink);
  const std::unique_ptr<nvinfer1::IBuilderConfig> config(builder->createBuilderConfig());
  if (!config || !configure(*builder, *config, request)) return fail("a profile isn't taken");
  const TimingCache timings = take_timings(*config, request, sink);
  const std::unique_ptr<nvinfer1::IHostMemory> plan(
      builder->buildSerializedNetwork(*network, *config));
  if (!plan) return;
  if (timings) tell_timings(*config, sink);
  sink.plan(sink.user, plan->data(), plan->size());
}

}  // namespace

void build(const AdapterRequest& request, const AdapterSink& sink) {
  speak_to(sink, [&] { build_plan(request, sink); });
}

}  // namespace colonnade
