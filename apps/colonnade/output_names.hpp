// What the files of a batch are called.
#pragma once

#include <filesystem>
#include <set>
#include <string>

#include "verbs.hpp"

namespace colonnade {

/// DIR/STEM.EXTENSION for each cloud; clouds of one stem (a/0.bin, b/0.bin) keep their folder's
/// name too, so that none overwrites another.
class OutputNames {
 public:
  OutputNames(const std::string& folder, std::string extension)
      : folder_(folder), extension_(std::move(extension)) {
    make_folder(folder);
  }

  std::string next(const std::string& cloud) {
    std::filesystem::path path(cloud);
    std::string name = path.stem().string();
    while (!taken_.insert(name).second) {
      path = path.parent_path();
      name = path.has_filename() ? path.filename().string() + "_" + name : "_" + name;
    }
    return (folder_ / (name + extension_)).string();
  }

 private:
  std::filesystem::path folder_;
  std::string extension_;
  std::set<std::string> taken_;
};

}  // namespace colonnade
