// Reference data of real exports, where a checkout has it; tests skip where not.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <string>

#include "base/npy.hpp"
#include "base/tensor.hpp"

namespace colonnade::test {

/// The folder of the exports' families: $COLONNADE_FIXTURES, or what shared/fixtures/unpack prints.
/// Empty where there is neither.
inline std::string fixtures() {
  if (const char* folder = std::getenv("COLONNADE_FIXTURES")) return folder;
  const std::string unpack = COLONNADE_SOURCE_DIR "/../shared/fixtures/unpack";
  if (!std::filesystem::exists(unpack)) return "";
  std::string folder;
  if (FILE* pipe = popen(unpack.c_str(), "r")) {
    char line[4096];
    if (std::fgets(line, sizeof line, pipe) != nullptr) folder = line;
    pclose(pipe);
  }
  while (!folder.empty() && folder.back() == '\n') folder.pop_back();
  return folder;
}

inline std::string sweeps() {
  return COLONNADE_SOURCE_DIR "/../shared/data";
}

/// An .npz is a zip of .npy files.
class Npz {
 public:
  explicit Npz(const std::string& path) {
    std::string folder = (std::filesystem::temp_directory_path() / "npz_XXXXXX").string();
    if (mkdtemp(folder.data()) == nullptr) throw std::runtime_error("no temporary folder");
    folder_ = folder;
    const std::string command = "python3 -m zipfile -e '" + path + "' '" + folder_ + "'";
    if (std::system(command.c_str()) != 0) throw std::runtime_error("can't unpack " + path);
  }
  Npz(const Npz&) = delete;
  Npz& operator=(const Npz&) = delete;
  ~Npz() { std::filesystem::remove_all(folder_); }

  const Tensor& operator[](const std::string& name) {
    Tensor& tensor = tensors_[name];
    if (!tensor) tensor = read_npy(folder_ + "/" + name + ".npy");
    return tensor;
  }

 private:
  std::string folder_;
  std::map<std::string, Tensor> tensors_;
};

}  // namespace colonnade::test
