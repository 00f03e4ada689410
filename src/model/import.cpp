#include "model/import.hpp"

#include <fmt/core.h>

#include <utility>

#include "colonnade/error.hpp"
#include "model/bind.hpp"
#include "model/check.hpp"
#include "model/configs/openpcdet.hpp"
#include "model/configs/second.hpp"
#include "model/presets/presets.hpp"
#include "model/settings.hpp"
#include "model/validate.hpp"

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

/// Settings are applied to the rules, since the graphs are checked against them and map sizes
/// follow from the grid; and again to the result, where they win over what a graph said.
ModelSpec apply(Rules rules, std::span<const GraphFile> graphs, Settings settings) {
  for (const std::string& setting : settings) {
    if (!setting.starts_with("graphs")) apply_setting(rules.spec, setting);
  }
  BoundModel model = bind_graphs(rules, graphs);
  for (const std::string& setting : settings) apply_setting(model.spec, setting);
  validate(model.spec, model.spec.name);
  check_against_graphs(model.spec, model.graphs);
  return std::move(model.spec);
}

}  // namespace

std::vector<std::string> preset_names() {
  std::vector<std::string> names;
  for (const Preset& preset : presets()) names.emplace_back(preset.name);
  return names;
}

ModelSpec import_preset(const std::string& name, std::span<const GraphFile> graphs,
                        Settings settings) {
  return apply(find_preset(name).rules(), graphs, settings);
}

ModelSpec import_openpcdet(const std::string& config, std::span<const GraphFile> graphs,
                           Settings settings) {
  return apply(openpcdet_rules(config), graphs, settings);
}

ModelSpec import_second(const std::string& config, std::span<const GraphFile> graphs,
                        Settings settings) {
  return apply(second_rules(config), graphs, settings);
}

}  // namespace colonnade
