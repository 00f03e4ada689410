#include "model/import.hpp"

#include <fmt/core.h>

#include "colonnade/error.hpp"
#include "model/bind.hpp"
#include "model/presets/presets.hpp"

namespace colonnade {
namespace {

const Preset& find_preset(const std::string& name) {
  std::string names;
  for (const Preset& preset : presets()) {
    if (preset.name == name) return preset;
    names += names.empty() ? "" : ", ";
    names += preset.name;
  }
  throw Error(ErrorCode::invalid_argument,
              fmt::format("there is no preset '{}'; there are {}", name, names));
}

}  // namespace

std::vector<std::string> preset_names() {
  std::vector<std::string> names;
  for (const Preset& preset : presets()) names.emplace_back(preset.name);
  return names;
}

ModelSpec import_preset(const std::string& name, std::span<const GraphFile> graphs,
                        Settings /*settings*/) {
  return bind_graphs(find_preset(name).rules(), graphs);
}

}  // namespace colonnade
