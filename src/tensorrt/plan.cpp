#include "tensorrt/plan.hpp"

#include <dlfcn.h>
#include <fmt/core.h>

#include <algorithm>

#include "colonnade/error.hpp"
#include "tensorrt/adapter.hpp"

namespace colonnade {
namespace {

static_assert(kAdapterMaxRank >= kMaxRank);

void* open_library(const std::string& path) {
  void* library = ::dlopen(path.c_str(), RTLD_NOW);
  if (library != nullptr) return library;
  throw Error(ErrorCode::unsupported, path, fmt::format("can't be loaded: {}", ::dlerror()));
}

const Adapter& adapter_of(const TensorRtLibrary& library) {
  const auto get =
      reinterpret_cast<GetAdapter>(::dlsym(open_library(library.adapter), kAdapterSymbol));
  const Adapter* adapter = get != nullptr ? get() : nullptr;
  if (adapter == nullptr || adapter->abi != kAdapterAbi ||
      adapter->header_major != library.header_major) {
    throw Error(ErrorCode::unsupported, library.adapter,
                "is an adapter of another Colonnade; build both from one source");
  }
  return *adapter;
}

/// What the library said, gathered while it builds.
struct Heard {
  const PlanOptions& options;
  std::vector<std::string> refusals, errors;
  std::vector<std::byte> plan;

  static void log(void* user, bool is_error, const char* message) {
    auto& heard = *static_cast<Heard*>(user);
    if (is_error) heard.errors.emplace_back(message);
    if (!is_error && heard.options.log) heard.options.log(LogLevel::debug, message);
  }
  static void refused(void* user, const char* node, const char* op, const char* reason) {
    auto& heard = *static_cast<Heard*>(user);
    const std::string name(node), type(op);
    heard.refusals.push_back(name.empty() && type.empty()
                                 ? std::string(reason)
                                 : fmt::format("node '{}' ({}): {}", name, type, reason));
  }
  static void take_plan(void* user, const void* bytes, std::size_t size) {
    const auto* begin = static_cast<const std::byte*>(bytes);
    static_cast<Heard*>(user)->plan.assign(begin, begin + size);
  }
};

std::string joined(const std::vector<std::string>& texts) {
  std::string all;
  for (const std::string& text : texts) all += (all.empty() ? "" : "; ") + text;
  return all;
}

AdapterProfile adapter_profile(const PlanProfile& profile) {
  AdapterProfile to{};
  to.input = profile.input.c_str();
  to.rank = static_cast<std::int32_t>(profile.opt.rank());
  std::copy(profile.min.begin(), profile.min.end(), to.min);
  std::copy(profile.opt.begin(), profile.opt.end(), to.opt);
  std::copy(profile.max.begin(), profile.max.end(), to.max);
  return to;
}

}  // namespace

std::vector<std::byte> build_tensorrt_plan(const TensorRtLibrary& library,
                                           std::span<const std::byte> onnx,
                                           std::span<const PlanProfile> profiles,
                                           const PlanOptions& options) {
  const Adapter& adapter = adapter_of(library);
  std::vector<AdapterProfile> given;
  for (const PlanProfile& profile : profiles) given.push_back(adapter_profile(profile));
  const AdapterRequest request{open_library(library.runtime),
                               open_library(library.parser),
                               onnx.data(),
                               onnx.size(),
                               given.data(),
                               given.size(),
                               options.workspace,
                               options.tf32};
  Heard heard{options, {}, {}, {}};
  adapter.build(request, {&heard, Heard::log, Heard::refused, Heard::take_plan});
  const std::string where =
      fmt::format("TensorRT{} {}", library.rtx ? "-RTX" : "", library.version);
  if (!heard.refusals.empty()) {
    throw Error(
        ErrorCode::unsupported, where,
        fmt::format("its parser takes {} not: {}; export with operators that it lists as "
                    "supported, or use a newer TensorRT",
                    heard.refusals.size() == 1 ? "one node"
                                               : fmt::format("{} nodes", heard.refusals.size()),
                    joined(heard.refusals)));
  }
  if (heard.plan.empty()) {
    throw Error(
        ErrorCode::unsupported, where,
        "builds no plan: " + (heard.errors.empty() ? "it doesn't say why" : joined(heard.errors)));
  }
  return std::move(heard.plan);
}

}  // namespace colonnade
