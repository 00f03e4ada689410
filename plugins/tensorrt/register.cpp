// Registers the plugins when the library is loaded, as `trtexec --plugins=` (--staticPlugins) and a
// plain dlopen expect.
#include "tensorrt/plugin.hpp"

namespace colonnade::plugins {
namespace {

[[maybe_unused]] const bool registered = [] {
  for (PluginCreator* creator : plugin_creators())
    getPluginRegistry()->registerCreator(*creator, "");
  return true;
}();

}  // namespace
}  // namespace colonnade::plugins
