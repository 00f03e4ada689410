// The project's own fixtures, tests/golden: a folder a family, written by tools/export_*.py.
#pragma once

#include <fstream>
#include <nlohmann/json.hpp>
#include <ostream>
#include <string>
#include <vector>

#include "backends/backend.hpp"
#include "colonnade/io.hpp"
#include "fixtures.hpp"
#include "model/import.hpp"
#include "onnx/reader.hpp"
#include "temporary_folder.hpp"

namespace colonnade::testing {

inline fs::path golden() {
  return fs::path(COLONNADE_SOURCE_DIR) / "tests/golden";
}

/// An entry of a family's models.json: what `import preset` is given, and the boxes of a sweep.
struct GoldenModel {
  std::string name, preset;
  std::vector<fs::path> graphs;
  std::vector<std::string> settings;
  fs::path sweep, boxes;
  std::int64_t pillars = 0;
  std::vector<std::string> rules;  ///< Settings each of which gives other boxes.
};

inline void PrintTo(const GoldenModel& model, std::ostream* os) {
  *os << model.name;
}

inline std::vector<GoldenModel> golden_models() {
  std::vector<GoldenModel> models;
  for (const auto& family : fs::directory_iterator(golden())) {
    std::ifstream file(family.path() / "models.json");
    if (!file) continue;
    for (const auto& entry : nlohmann::json::parse(file)) {
      GoldenModel model;
      model.name = entry.at("name").get<std::string>();
      model.preset = entry.at("preset").get<std::string>();
      for (const auto& graph : entry.at("graphs")) {
        model.graphs.push_back(family.path() / graph.get<std::string>());
      }
      model.settings = entry.at("settings").get<std::vector<std::string>>();
      model.sweep = family.path() / entry.at("sweep").get<std::string>();
      model.boxes = family.path() / entry.at("boxes").get<std::string>();
      model.pillars = entry.at("pillars").get<std::int64_t>();
      model.rules = entry.at("rules").get<std::vector<std::string>>();
      models.push_back(std::move(model));
    }
  }
  std::sort(models.begin(), models.end(),
            [](const GoldenModel& a, const GoldenModel& b) { return a.name < b.name; });
  return models;
}

inline std::vector<std::string> backend_names() {
  std::vector<std::string> names;
  for (const Backend* backend : backends()) names.push_back(backend->name());
  return names;
}

/// A model.yaml beside its graphs, as `import preset` makes it, for as long as this lives.
class ImportedModel {
 public:
  explicit ImportedModel(const GoldenModel& model,
                         const std::vector<std::string>& more_settings = {}) {
    std::vector<std::string> settings = model.settings;
    settings.insert(settings.end(), more_settings.begin(), more_settings.end());
    std::vector<GraphFile> files;
    for (const fs::path& graph : model.graphs) {
      std::vector<std::string> data_files;
      files.push_back({graph.string(), read_onnx(graph.string(), &data_files)});
      fs::copy_file(graph, folder_.path() / graph.filename());
      for (const std::string& name : data_files) {
        fs::copy_file(graph.parent_path() / name, folder_.path() / name);
      }
    }
    write_model_yaml(import_preset(model.preset, files, settings), yaml());
  }
  std::string yaml() const { return folder_.file("model.yaml"); }

 private:
  TemporaryFolder folder_;
};

}  // namespace colonnade::testing
