// How TensorRT gets at the plugins: they register themselves when the library is loaded
// (`trtexec --plugins=`, a plain dlopen), and IPluginRegistry::loadLibrary (`--dynamicPlugins=`)
// asks for them by functions of these names.
#include <dlfcn.h>

#include <atomic>
#include <string>

#include "tensorrt/plugin.hpp"

namespace colonnade::plugins {
namespace {

std::atomic<nvinfer1::ILoggerFinder*> logger_finder{nullptr};

void* loaded(const std::string& library) {
  return ::dlopen(library.c_str(), RTLD_LAZY | RTLD_NOLOAD);
}

/// A function of the TensorRT that this process has, null where it has none. It's looked up, not
/// linked: trtexec opens the library for itself alone, so a program like it would end at an
/// undefined symbol. TensorRT-RTX has functions of the same names and takes no plugins: with one
/// registered its parser ends the process.
template <typename Function>
Function* in_tensorrt(const char* name) {
  void* found = nullptr;
  if (void* library = loaded("libnvinfer.so." + std::to_string(NV_TENSORRT_MAJOR))) {
    found = ::dlsym(library, name);
  } else if (loaded("libtensorrt_rtx.so.1") == nullptr) {
    found = ::dlsym(RTLD_DEFAULT, name);  // Linked statically.
  }
  return reinterpret_cast<Function*>(found);
}

nvinfer1::ILogger* logger() {
  if (nvinfer1::ILoggerFinder* finder = logger_finder) return finder->findLogger();
  auto* const get = in_tensorrt<nvinfer1::ILogger*()>("getLogger");
  return get != nullptr ? get() : nullptr;
}

/// Where the plugins have registered themselves; null: nowhere.
std::atomic<nvinfer1::IPluginRegistry*> registered_with = [] {
  auto* const get = in_tensorrt<nvinfer1::IPluginRegistry*()>("getPluginRegistry");
  nvinfer1::IPluginRegistry* registry = get != nullptr ? get() : nullptr;
  if (registry == nullptr) return registry;
  for (AnyPluginCreator* creator : plugin_creators()) registry->registerCreator(*creator, "");
  return registry;
}();

/// For a registry that registers them itself, and refuses a library whose plugins are there.
const std::vector<AnyPluginCreator*>& unregistered_creators() {
  if (nvinfer1::IPluginRegistry* registry = registered_with.exchange(nullptr)) {
    for (AnyPluginCreator* creator : plugin_creators()) registry->deregisterCreator(*creator);
  }
  return plugin_creators();
}

}  // namespace

void tell(const char* name, const std::string& problem) {
  if (nvinfer1::ILogger* to = logger())
    to->log(nvinfer1::ILogger::Severity::kERROR, (std::string(name) + ": " + problem).c_str());
}

}  // namespace colonnade::plugins

#define COLONNADE_ENTRY_POINT extern "C" __attribute__((visibility("default")))

COLONNADE_ENTRY_POINT void setLoggerFinder(nvinfer1::ILoggerFinder* finder) {
  colonnade::plugins::logger_finder = finder;
}

#if NV_TENSORRT_MAJOR >= 10
COLONNADE_ENTRY_POINT nvinfer1::IPluginCreatorInterface* const* getCreators(std::int32_t& count) {
#else
COLONNADE_ENTRY_POINT nvinfer1::IPluginCreator* const* getPluginCreators(std::int32_t& count) {
#endif
  const auto& creators = colonnade::plugins::unregistered_creators();
  count = static_cast<std::int32_t>(creators.size());
  return creators.data();
}
