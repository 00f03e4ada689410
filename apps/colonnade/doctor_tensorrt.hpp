// colonnade doctor --tensorrt: which TensorRT is found, and what it can do here.
#pragma once

#include <string>

namespace colonnade {

/// Prints it; kSomeFailed where no plan can be built.
int doctor_tensorrt(const std::string& folder);

}  // namespace colonnade
