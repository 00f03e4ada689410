#include "build/source.hpp"

#include <filesystem>

#include "colonnade/error.hpp"
#include "engine_file/format.hpp"
#include "onnx/reader.hpp"

namespace colonnade {

namespace fs = std::filesystem;

BuildSource read_build_source(const std::string& path) {
  if (is_engine_file(path)) {
    throw Error(ErrorCode::mismatch, path,
                "is an engine file already; expected an ONNX graph or a model.yaml");
  }
  BuildSource source{path, {}, {}, {path}};
  const auto read = [&source](const fs::path& graph) {
    std::vector<std::string> data;
    source.graphs.push_back(read_onnx(graph.string(), &data));
    source.files.push_back(graph.string());
    for (const std::string& name : data)
      source.files.push_back((graph.parent_path() / name).string());
  };
  const std::string end = fs::path(path).extension().string();
  if (end == ".yaml" || end == ".yml") {
    source.model = read_model_yaml(path);
    for (const GraphSpec& graph : source.model->graphs) {
      read(fs::path(source.model->directory) / graph.file);
    }
  } else {
    read(path);
  }
  return source;
}

void refuse_to_replace(const BuildSource& source, const std::string& output) {
  for (const std::string& file : source.files) {
    std::error_code failure;
    if (!fs::equivalent(file, output, failure)) continue;
    throw Error(ErrorCode::invalid_argument, output,
                "would replace a file that it's made from; give it another name");
  }
}

}  // namespace colonnade
