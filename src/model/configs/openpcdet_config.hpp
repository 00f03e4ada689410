// An OpenPCDet config with its _BASE_CONFIG_s merged in.
#pragma once

#include <string>

#include "model/yaml_tree.hpp"

namespace colonnade {

struct OpenPcdetConfig {
  YamlNode root;
  /// The base that couldn't be found from the config's folder upwards; empty: none. What it would
  /// have said may still be missed, or not.
  std::string missing_base;
};

OpenPcdetConfig read_openpcdet_config(const std::string& path);

}  // namespace colonnade
