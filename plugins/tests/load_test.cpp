// The plugins' library as programs load it: trtexec opens TensorRT for itself alone, so none of its
// functions is anyone else's, and a library that wanted one would end the program.
#include <dlfcn.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

namespace {

constexpr const char* kAll = "ScatterBEV PPScatterPlugin PillarScatterPlugin Pillarize ";

void* open(const char* path) {
  void* library = ::dlopen(path, RTLD_LAZY | RTLD_LOCAL);
  if (library == nullptr) ADD_FAILURE() << ::dlerror();
  return library;
}

struct Played {
  void* library = open(PLAYED_NVINFER);
  const char* (*names)() = reinterpret_cast<const char* (*)()>(::dlsym(library, "played_names"));
  bool (*load)(const char*) = reinterpret_cast<bool (*)(const char*)>(::dlsym(library,
                                                                              "played_load"));
};

/// Each in a process of its own: what is loaded stays.
#define EXPECT_OF_A_PROCESS(expression) \
  EXPECT_EXIT(std::exit((expression) ? 0 : 1), ::testing::ExitedWithCode(0), "")

bool registers_once() {
  const Played played;
  open(COLONNADE_PLUGINS);
  return played.names() == std::string(kAll);
}
TEST(PluginLibrary, RegistersItselfWhenItIsLoaded) {
  EXPECT_OF_A_PROCESS(registers_once());
}

bool is_loaded_by_the_registry(bool is_loaded_already) {
  const Played played;
  if (is_loaded_already) open(COLONNADE_PLUGINS);
  return played.load(COLONNADE_PLUGINS) && played.names() == std::string(kAll);
}
TEST(PluginLibrary, IsLoadedByTheRegistryWithoutStandingThereTwice) {
  EXPECT_OF_A_PROCESS(is_loaded_by_the_registry(false));
  EXPECT_OF_A_PROCESS(is_loaded_by_the_registry(true));
}

TEST(PluginLibrary, IsLoadedWhereNoTensorRtIs) {
  EXPECT_OF_A_PROCESS(open(COLONNADE_PLUGINS) != nullptr);
}

}  // namespace
