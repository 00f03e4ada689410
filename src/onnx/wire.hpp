// The generated message classes under a short name.
#pragma once

#include <onnx_wire.pb.h>

namespace colonnade {
namespace wire = onnx_wire;
}  // namespace colonnade
