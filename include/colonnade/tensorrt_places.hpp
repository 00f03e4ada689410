// Where an installed TensorRT is looked for.
#pragma once

#include <string>
#include <vector>

namespace colonnade {

struct TensorRtPlaces {
  /// If it's given, TensorRT is looked for only in it and its lib, lib64 and tensorrt_rtx_libs.
  std::string folder;
  /// Else where the dynamic loader looks, then in these: site-packages folders of Python, which
  /// TensorRT's wheels install into.
  std::vector<std::string> package_folders;
  /// Of Colonnade's adapters, one module for each major version of TensorRT: lib/colonnade of an
  /// installation.
  std::vector<std::string> module_folders;
};

}  // namespace colonnade
