// model.yaml as text in memory.
#pragma once

#include <string>
#include <string_view>

#include "colonnade/model.hpp"

namespace colonnade {

/// What parse_model_yaml, and read_model_yaml from a file, read back as the same values.
std::string model_yaml_text(const ModelSpec& spec);

/// As read_model_yaml; `where` stands for the file in messages, and `directory` stays empty.
ModelSpec parse_model_yaml(std::string_view text, const std::string& where);

}  // namespace colonnade
