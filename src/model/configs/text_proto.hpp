// Protobuf's text format as a tree, without a schema: what second.pytorch's configs are written in.
#pragma once

#include <string>
#include <string_view>

#include "model/yaml_tree.hpp"

namespace colonnade {

/// Messages are maps whose keys may repeat, [a, b] is a sequence, the rest scalars. Error(format)
/// names the line; size and depth are bounded as those of YAML.
YamlNode parse_text_proto(std::string_view text, const std::string& where);
YamlNode read_text_proto(const std::string& path);

}  // namespace colonnade
