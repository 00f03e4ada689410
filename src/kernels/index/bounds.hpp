// Indices as ONNX writes them: negative ones count from the end, others are an error.
#pragma once

#include <fmt/core.h>

#include <cstdint>

#include "colonnade/error.hpp"

namespace colonnade {

inline std::int64_t checked_index(std::int64_t index, std::int64_t size, std::size_t axis) {
  if (index < -size || index >= size) {
    throw Error(ErrorCode::mismatch,
                fmt::format("index {} is outside of dimension {}, which has {} elements", index,
                            axis, size));
  }
  return index < 0 ? index + size : index;
}

}  // namespace colonnade
