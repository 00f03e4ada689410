// A folder of this process's own, gone when it ends: ctest runs tests side by side.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace colonnade::test {

class ScratchFolder {
 public:
  ScratchFolder() : path_(::testing::TempDir() + "colonnade_XXXXXX") {
    if (::mkdtemp(path_.data()) == nullptr) throw std::runtime_error("no scratch folder");
  }
  ~ScratchFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

inline std::string scratch(const std::string& name) {
  static const ScratchFolder folder;
  return folder.path() + '/' + name;
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
