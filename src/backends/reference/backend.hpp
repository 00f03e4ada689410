// The oracle as a backend: any graph, any shapes, slowly.
#pragma once

#include "backends/backend.hpp"

namespace colonnade {

const Backend& reference_backend();

}  // namespace colonnade
