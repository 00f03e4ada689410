#pragma once

#include <string>
#include <vector>

namespace colonnade {

/// Where TensorRT is looked for: in `folder` alone if it's given (it, its lib and lib64), else
/// where the loader looks, then in `package_folders` (of Python packages, those of
/// tensorrt-rtx-cu13-libs among them). `module_folders`: of adapters, which are built and installed
/// with the command (lib/colonnade).
struct TensorRtPlaces {
  std::string folder;
  std::vector<std::string> package_folders;
  std::vector<std::string> module_folders;
};

}  // namespace colonnade
