// read_model_yaml and read_sensor_yaml.
#include <filesystem>

#include "colonnade/error.hpp"
#include "colonnade/model.hpp"
#include "model/spec_reader.hpp"
#include "model/validate.hpp"

namespace colonnade {
namespace {

template <typename Spec>
Spec read_spec(const std::string& path) {
  const YamlNode root = read_yaml_file(path);
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
  auto spec = read_spec<ModelSpec>(path);
  spec.directory = std::filesystem::path(path).parent_path().string();
  return spec;
}

SensorSpec read_sensor_yaml(const std::string& path) {
  return read_spec<SensorSpec>(path);
}

}  // namespace colonnade
