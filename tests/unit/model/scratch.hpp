// Files in a folder of this process's own, gone when it ends: ctest runs tests side by side.
#pragma once

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "temporary_folder.hpp"

namespace colonnade::test {

inline std::string scratch(const std::string& name) {
  static const testing::TemporaryFolder folder;
  return folder.file(name);
}

inline std::string slurp(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

inline std::string store(const std::string& name, const std::string& text) {
  std::filesystem::create_directories(std::filesystem::path(scratch(name)).parent_path());
  std::ofstream(scratch(name), std::ios::binary) << text;
  return scratch(name);
}

}  // namespace colonnade::test
