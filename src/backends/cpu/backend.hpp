// The CPU backend: planned memory, vectorized kernels, the oracle for what has none.
#pragma once

#include "backends/backend.hpp"

namespace colonnade {

const Backend& cpu_backend();

}  // namespace colonnade
