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

void tell(const char* name, const std::string& problem) {
  if (nvinfer1::ILogger* logger = getLogger()) {
    logger->log(nvinfer1::ILogger::Severity::kERROR, (std::string(name) + ": " + problem).c_str());
  }
}

}  // namespace colonnade::plugins
