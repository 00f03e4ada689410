// Which TensorRTs a machine has, and what this build can do with them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "colonnade/tensorrt_places.hpp"

namespace colonnade {

struct TensorRtLibrary {
  std::string runtime, parser;  ///< Paths, or names that the loader finds.
  bool rtx = false;
  std::string version;            ///< "10.13.3", "1.7.1"; empty where it can't be loaded.
  std::int32_t header_major = 0;  ///< Of the headers whose classes it has: RTX 1.x has those of 11.
  std::string adapter;            ///< The module that was built for it; empty: none.
  std::string problem;            ///< Why it can't be used; empty: it can.
};

/// "TensorRT 10.13.3", "TensorRT-RTX 1.7.1".
std::string name_of(const TensorRtLibrary& library);

/// All that are found, usable or not: the newest TensorRT first, RTX last. They are loaded to ask
/// for their version and stay loaded.
std::vector<TensorRtLibrary> find_tensorrt(const TensorRtPlaces& places);

/// The first usable one. Error(unsupported) says what was found and what would help.
TensorRtLibrary choose_tensorrt(const TensorRtPlaces& places);

}  // namespace colonnade
