// The module that speaks to a TensorRT library, loaded.
#pragma once

#include <string>

#include "tensorrt/adapter.hpp"
#include "tensorrt/libraries.hpp"

namespace colonnade {

/// dlopen's handle. Error(unsupported): the loader's reason.
void* open_library(const std::string& path);

/// Error(unsupported): it's missing, or of another Colonnade.
const Adapter& adapter_of(const TensorRtLibrary& library);

}  // namespace colonnade
