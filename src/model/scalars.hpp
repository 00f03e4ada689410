// Scalars of YAML, read and written without regard to the locale.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "colonnade/model.hpp"
#include "model/yaml_tree.hpp"

namespace colonnade {

/// False: not a number of that type, or none that it can hold. ".inf" and "-.inf" are numbers.
bool parse_number(std::string_view text, std::int64_t& value);
bool parse_number(std::string_view text, float& value);
bool parse_number(std::string_view text, double& value);
bool parse_bool(std::string_view text, bool& value);
/// A plain whole number is a position; anything else, or any quoted text, a name.
bool parse_tensor(const YamlNode& node, TensorRef& value);

/// The shortest text that reads back as the same value.
std::string write_number(std::int64_t value);
std::string write_number(float value);
std::string write_number(double value);
/// Plain where it can be; quoted and escaped where YAML would take it for something else.
std::string write_string(const std::string& text);
std::string write_tensor(const TensorRef& tensor);

}  // namespace colonnade
