// read_model_yaml, parse_model_yaml and read_sensor_yaml.
#include <filesystem>

#include "colonnade/error.hpp"
#include "colonnade/model.hpp"
#include "model/spec_reader.hpp"
#include "model/validate.hpp"
#include "model/yaml_text.hpp"

namespace colonnade {
namespace {

template <typename Spec>
Spec read_spec(const YamlNode& root, const std::string& path) {
  // A file of another version has other keys: say that first, not that a key is unknown.
  if (const YamlNode* version = root.find("version")) {
    std::int64_t number = 0;
    SpecReader(path).read(*version, number, "version", {.low = 1, .high = 1});
  }
  Spec spec;
  SpecReader reader(path);
  reader.read(root, spec, "");
  if (const std::optional<Violation> found = find_violation(spec)) {
    throw Error(ErrorCode::format, reader.where(found->path), found->path + ": " + found->message);
  }
  return spec;
}

}  // namespace

ModelSpec read_model_yaml(const std::string& path) {
  auto spec = read_spec<ModelSpec>(read_yaml_file(path), path);
  spec.directory = std::filesystem::path(path).parent_path().string();
  return spec;
}

SensorSpec read_sensor_yaml(const std::string& path) {
  return read_spec<SensorSpec>(read_yaml_file(path), path);
}

ModelSpec parse_model_yaml(std::string_view text, const std::string& where) {
  return read_spec<ModelSpec>(parse_yaml(text, where), where);
}

}  // namespace colonnade
