#include "tensorrt/plan.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "colonnade/error.hpp"
#include "tensorrt/adapter_module.hpp"
#include "tensorrt/refusals.hpp"

namespace colonnade {
namespace {

static_assert(kAdapterMaxRank >= kMaxRank);

/// What the library said, gathered while it builds.
struct Heard {
  const PlanOptions& options;
  std::vector<Refusal> refusals;
  std::vector<std::string> errors;
  BuiltPlan built;

  static void log(void* user, bool is_error, const char* message) {
    auto& heard = *static_cast<Heard*>(user);
    if (is_error) heard.errors.emplace_back(message);
    if (!is_error && heard.options.log) heard.options.log(LogLevel::debug, message);
  }
  static void refused(void* user, std::int64_t index, const char* node, const char* op,
                      std::int32_t code, const char* reason) {
    static_cast<Heard*>(user)->refusals.push_back({index, node, op, code, reason});
  }
  static void take_plan(void* user, const void* bytes, std::size_t size) {
    const auto* begin = static_cast<const std::byte*>(bytes);
    static_cast<Heard*>(user)->built.plan.assign(begin, begin + size);
  }
  static void take_timings(void* user, const void* bytes, std::size_t size) {
    const auto* begin = static_cast<const std::byte*>(bytes);
    static_cast<Heard*>(user)->built.timings.assign(begin, begin + size);
  }
};

std::string joined(const std::vector<std::string>& texts) {
  std::string all;
  for (const std::string& text : texts) all += (all.empty() ? "" : "; ") + text;
  return all;
}

std::vector<AdapterProfile> adapter_profiles(std::span<const OptimizationProfile> profiles) {
  std::vector<AdapterProfile> all;
  for (std::size_t number = 0; number < profiles.size(); ++number) {
    for (const InputProfile& input : profiles[number].inputs) {
      AdapterProfile& to = all.emplace_back();
      to.number = static_cast<std::int32_t>(number);
      to.input = input.name.c_str();
      to.rank = static_cast<std::int32_t>(input.opt.rank());
      std::copy(input.min.begin(), input.min.end(), to.min);
      std::copy(input.opt.begin(), input.opt.end(), to.opt);
      std::copy(input.max.begin(), input.max.end(), to.max);
    }
  }
  return all;
}

AdapterPrecision adapter_precision(const TensorRtLibrary& library, Precision precision) {
  switch (precision) {
    case Precision::fp32: break;
    case Precision::tf32: return AdapterPrecision::tf32;
    case Precision::fp16:
    case Precision::bf16:
      if (!chooses_types(library)) return AdapterPrecision::fp32;
      return precision == Precision::fp16 ? AdapterPrecision::fp16 : AdapterPrecision::bf16;
    case Precision::int8: break;  // The graph's nodes say it; all else is float32.
  }
  return AdapterPrecision::fp32;
}

AdapterHardware adapter_hardware(PlanHardware hardware) {
  switch (hardware) {
    case PlanHardware::this_one: break;
    case PlanHardware::ampere_plus: return AdapterHardware::ampere_plus;
    case PlanHardware::same_compute_capability: return AdapterHardware::same_compute_capability;
  }
  return AdapterHardware::this_one;
}

/// Asked before the library, which would look for another one, or ignore it.
void refuse_compatibility(const TensorRtLibrary& library, const PlanOptions& options) {
  if (!library.rtx || (!options.version_compatible && options.hardware == PlanHardware::this_one)) {
    return;
  }
  throw Error(ErrorCode::unsupported, name_of(library),
              "has no plans for other versions, and all of its plans are for any device that it "
              "supports; leave --versionCompatible and --hardwareCompatibilityLevel out");
}

}  // namespace

bool chooses_types(const TensorRtLibrary& library) noexcept {
  return library.header_major < 11;
}

BuiltPlan build_tensorrt_plan(const TensorRtLibrary& library, std::span<const std::byte> onnx,
                              std::span<const OptimizationProfile> profiles, bool quantized,
                              const PlanOptions& options) {
  refuse_compatibility(library, options);
  const Adapter& adapter = adapter_of(library);
  const std::vector<AdapterProfile> given = adapter_profiles(profiles);
  const AdapterRequest request{open_library(library.runtime),
                               open_library(library.parser),
                               onnx.data(),
                               onnx.size(),
                               given.data(),
                               given.size(),
                               options.workspace,
                               adapter_precision(library, options.precision),
                               quantized,
                               options.version_compatible,
                               adapter_hardware(options.hardware),
                               options.keep_timings,
                               options.timings.data(),
                               options.timings.size()};
  Heard heard{options, {}, {}, {}};
  adapter.build(request,
                {&heard, Heard::log, Heard::refused, Heard::take_plan, Heard::take_timings});
  const std::string where = name_of(library);
  if (!heard.refusals.empty()) throw Error(ErrorCode::unsupported, where, describe(heard.refusals));
  if (heard.built.plan.empty()) {
    throw Error(
        ErrorCode::unsupported, where,
        "builds no plan: " + (heard.errors.empty() ? "it doesn't say why" : joined(heard.errors)));
  }
  return std::move(heard.built);
}

}  // namespace colonnade
