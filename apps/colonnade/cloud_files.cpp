#include "cloud_files.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>

#include "colonnade/error.hpp"

namespace colonnade {

namespace fs = std::filesystem;

std::vector<std::string> list_clouds(const std::vector<std::string>& arguments) {
  std::vector<std::string> files;
  for (const std::string& argument : arguments) {
    std::error_code error;
    if (!fs::is_directory(argument, error)) {
      files.push_back(argument);
      continue;
    }
    std::vector<std::string> found;
    fs::directory_iterator entries(argument, error);
    if (error) throw Error(ErrorCode::io, argument, "can't be read: " + error.message());
    for (const fs::directory_entry& entry : entries) {
      const std::string extension = entry.path().extension().string();
      if (extension == ".bin" || extension == ".pcd" || extension == ".ply" ||
          extension == ".npy") {
        if (entry.is_regular_file(error)) found.push_back(entry.path().string());
      }
    }
    if (found.empty()) {
      throw Error(ErrorCode::invalid_argument, argument,
                  "the folder holds no .bin, .pcd, .ply or .npy file");
    }
    std::sort(found.begin(), found.end());
    files.insert(files.end(), found.begin(), found.end());
  }
  return files;
}

void refuse_folder(const std::string& model) {
  if (!fs::is_directory(model)) return;
  throw Error(
      ErrorCode::invalid_argument, model,
      "is a folder; expected a model.yaml, as `colonnade import` writes it" +
          std::string(fs::exists(fs::path(model) / "model.yaml") ? ": there is one inside" : ""));
}

void report_failure(const std::string& file, const std::string& message) {
  const bool named = !file.empty() && message.find(file) != std::string::npos;
  fmt::print(stderr, "colonnade: {}{}\n", named ? "" : "'" + file + "': ", message);
}

}  // namespace colonnade
