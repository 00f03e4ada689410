#include "tensorrt/stored_library.hpp"

#include <fmt/core.h>

#include "colonnade/error.hpp"

namespace colonnade {

std::string stored_name(const TensorRtLibrary& library) {
  return (library.rtx ? "rtx " : "") + library.version;
}

TensorRtLibrary stored_library(const std::string& name, const TensorRtPlaces& places,
                               const std::string& where) {
  std::string found;
  for (const TensorRtLibrary& library : find_tensorrt(places)) {
    if (!library.problem.empty()) continue;
    if (stored_name(library) == name) return library;
    found += (found.empty() ? "" : ", ") + name_of(library);
  }
  if (found.empty()) choose_tensorrt(places);  // Says what was looked for.
  throw Error(ErrorCode::unsupported, where,
              fmt::format("holds a plan of TensorRT ({}), found {}; plans are of one version: "
                          "rebuild it with `colonnade build --backend tensorrt`, or name the "
                          "folder of that version as --tensorrt DIR",
                          name, found));
}

std::string machine_of(const TensorRtLibrary& library, const std::string& device) {
  return fmt::format("{} on {}", name_of(library), device);
}

}  // namespace colonnade
