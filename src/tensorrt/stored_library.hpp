// The TensorRT that a plan was built by, as an engine file names it.
#pragma once

#include <string>

#include "tensorrt/libraries.hpp"

namespace colonnade {

/// "10.13.3", "rtx 1.7.1".
std::string stored_name(const TensorRtLibrary& library);

/// The usable one of that name. Error(unsupported): there's none, and what there is; `where` is the
/// engine.
TensorRtLibrary stored_library(const std::string& name, const TensorRtPlaces& places,
                               const std::string& where);

/// "TensorRT-RTX 1.7.1 on NVIDIA L4 (compute capability 8.9)": where a plan runs.
std::string machine_of(const TensorRtLibrary& library, const std::string& device);

}  // namespace colonnade
