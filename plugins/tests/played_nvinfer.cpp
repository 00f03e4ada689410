// Stands for libnvinfer.so where a test loads the plugins as programs do: its registry knows who
// registered, and refuses who is there already, as TensorRT's does.
#include <NvInferRuntime.h>
#include <dlfcn.h>

#include <algorithm>
#include <string>
#include <vector>

namespace {

#if NV_TENSORRT_MAJOR >= 10
using Creator = nvinfer1::IPluginCreatorInterface;
using NamedCreator = nvinfer1::IPluginCreatorV3One;
constexpr const char* kGetCreators = "getCreators";
#else
using Creator = nvinfer1::IPluginCreator;
using NamedCreator = nvinfer1::IPluginCreator;
constexpr const char* kGetCreators = "getPluginCreators";
#endif

class Silence final : public nvinfer1::ILogger {
 public:
  void log(Severity, const char*) noexcept override {}
} silence;

class Finder final : public nvinfer1::ILoggerFinder {
 public:
  nvinfer1::ILogger* findLogger() override { return &silence; }
} finder;

class Registry final : public nvinfer1::IPluginRegistry {
 public:
  bool registerCreator(Creator& creator, const char*) noexcept override {
    if (std::find(creators_.begin(), creators_.end(), &creator) != creators_.end()) return false;
    creators_.push_back(&creator);
    return true;
  }
  bool deregisterCreator(const Creator& creator) noexcept override {
    const auto at = std::find(creators_.begin(), creators_.end(), &creator);
    if (at == creators_.end()) return false;
    creators_.erase(at);
    return true;
  }
  PluginLibraryHandle loadLibrary(const char* path) noexcept override {
    void* library = ::dlopen(path, RTLD_LAZY);
    if (library == nullptr) return nullptr;
    const auto set_finder =
        reinterpret_cast<void (*)(nvinfer1::ILoggerFinder*)>(::dlsym(library, "setLoggerFinder"));
    const auto get =
        reinterpret_cast<Creator* const* (*)(std::int32_t&)>(::dlsym(library, kGetCreators));
    if (set_finder == nullptr || get == nullptr) return nullptr;
    set_finder(&finder);
    std::int32_t count = 0;
    Creator* const* creators = get(count);
    for (std::int32_t i = 0; i < count; ++i) {
      if (!registerCreator(*creators[i], "")) return nullptr;
    }
    return library;
  }
  std::string names() const {
    std::string all;
    for (Creator* creator : creators_)
      all += std::string(static_cast<NamedCreator*>(creator)->getPluginName()) + " ";
    return all;
  }

  void setErrorRecorder(nvinfer1::IErrorRecorder*) noexcept override {}
  nvinfer1::IErrorRecorder* getErrorRecorder() const noexcept override { return nullptr; }
  bool isParentSearchEnabled() const override { return false; }
  void setParentSearchEnabled(bool) override {}
  void deregisterLibrary(PluginLibraryHandle) noexcept override {}
#if NV_TENSORRT_MAJOR >= 10
  Creator* const* getAllCreators(std::int32_t* count) const noexcept override {
    *count = static_cast<std::int32_t>(creators_.size());
    return creators_.data();
  }
  Creator* getCreator(const char*, const char*, const char*) noexcept override {
    return nullptr;
  }
  nvinfer1::IPluginResource* acquirePluginResource(const char*,
                                                   nvinfer1::IPluginResource*) noexcept override {
    return nullptr;
  }
  std::int32_t releasePluginResource(const char*) noexcept override {
    return 0;
  }
  Creator* const* getAllCreatorsRecursive(std::int32_t* count) noexcept override {
    return getAllCreators(count);
  }
#endif
#if NV_TENSORRT_MAJOR == 10
  bool registerCreator(nvinfer1::IPluginCreator&, const char*) noexcept override {
    return false;
  }
  bool deregisterCreator(const nvinfer1::IPluginCreator&) noexcept override {
    return false;
  }
#endif
#if NV_TENSORRT_MAJOR <= 10
  nvinfer1::IPluginCreator* const* getPluginCreatorList(
      std::int32_t* count) const noexcept override {
    *count = 0;
    return nullptr;
  }
  nvinfer1::IPluginCreator* getPluginCreator(const char*, const char*,
                                             const char*) noexcept override {
    return nullptr;
  }
#endif

 private:
  std::vector<Creator*> creators_;
};

Registry& registry() {
  static Registry one;
  return one;
}

}  // namespace

#define PLAYED extern "C" __attribute__((visibility("default")))

PLAYED nvinfer1::IPluginRegistry* getPluginRegistry() noexcept {
  return &registry();
}
PLAYED nvinfer1::ILogger* getLogger() noexcept {
  return &silence;
}

// For the test, which includes none of TensorRT's headers:
PLAYED const char* played_names() {
  static std::string names;
  names = registry().names();
  return names.c_str();
}
PLAYED bool played_load(const char* path) {
  return registry().loadLibrary(path) != nullptr;
}
