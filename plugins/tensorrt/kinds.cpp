#include "tensorrt/plugin.hpp"

namespace colonnade::plugins {
namespace {

/// NVIDIA's and OpenPCDet's exporters write [height, width]; ScatterBEV's graphs don't, KITTI's
/// grid is what its plugin was made for.
Attribute dense_shape(std::vector<std::uint32_t> by_default) {
  return {"dense_shape", false, 2, std::move(by_default)};
}

}  // namespace

const std::vector<PluginKind>& plugin_kinds() {
  static const std::vector<PluginKind> kinds{
      {"ScatterBEV", Attributes({dense_shape({496, 432})}), make_scatter},
      {"PPScatterPlugin", Attributes({dense_shape({})}), make_scatter},
      {"PillarScatterPlugin", Attributes({dense_shape({})}), make_scatter},
      {"Pillarize",
       Attributes({{"range", true, 6, {}},
                   {"cell", true, 2, {}},
                   {"max_pillars", false, 1, {}},
                   {"max_points", false, 1, {}},
                   {"stop_at_cap", false, 1, {0}}}),
       make_pillarize},
  };
  return kinds;
}

std::unique_ptr<Plugin> make(const PluginKind& kind, const Attributes& attributes) {
  std::string problem;
  std::unique_ptr<Plugin> plugin = kind.make(attributes, problem);
  if (plugin == nullptr) tell(kind.name, problem);
  return plugin;
}

std::int32_t run(const PluginKind& kind, const Plugin& plugin, const nvinfer1::PluginTensorDesc* in,
                 const void* const* inputs, void* const* outputs, void* workspace,
                 cudaStream_t stream) {
  std::string problem;
  if (plugin.run({in, count(plugin.inputs())}, inputs, outputs, workspace, stream, problem))
    return 0;
  tell(kind.name, problem);
  return 1;
}

const std::vector<AnyPluginCreator*>& plugin_creators() {
  static const auto creators = [] {
    std::vector<AnyPluginCreator*> all;
    for (const PluginKind& kind : plugin_kinds()) all.push_back(new_creator(kind));
    return all;
  }();
  return creators;
}

}  // namespace colonnade::plugins
