#include "backends/cpu/active/background.hpp"

#include <algorithm>
#include <cstring>
#include <string_view>
#include <unordered_map>

namespace colonnade::cpu {

Background find_background(const float* map, std::int64_t height, std::int64_t width,
                           std::int64_t channels) {
  const std::size_t bytes = static_cast<std::size_t>(channels) * sizeof(float);
  Background result;
  result.rows.reserve(static_cast<std::size_t>(height * width));
  std::vector<const float*> found;
  std::unordered_map<std::string_view, std::int32_t> by_bytes;
  const auto equals = [&](const float* cell, std::int32_t vector) {
    return std::memcmp(cell, found[static_cast<std::size_t>(vector)], bytes) == 0;
  };
  for (std::int64_t i = 0; i < height * width; ++i) {
    const float* cell = map + i * channels;
    // Most cells equal the one before or the one above; the others are looked up.
    std::int32_t vector = -1;
    if (i > 0 && equals(cell, ~result.rows.back())) {
      vector = ~result.rows.back();
    } else if (i >= width && equals(cell, ~result.rows[static_cast<std::size_t>(i - width)])) {
      vector = ~result.rows[static_cast<std::size_t>(i - width)];
    } else {
      const auto next = static_cast<std::int32_t>(found.size());
      const std::string_view key(reinterpret_cast<const char*>(cell), bytes);
      const auto [at, is_new] = by_bytes.emplace(key, next);
      if (is_new) found.push_back(cell);
      vector = at->second;
    }
    result.rows.push_back(~vector);
  }
  result.vectors = Tensor(DType::f32, {static_cast<std::int64_t>(found.size()), channels});
  float* to = result.vectors.as<float>();
  for (const float* vector : found) to = std::copy_n(vector, channels, to);
  return result;
}

void lay_out(const Background& background, float* map) {
  const std::int64_t channels = background.vectors.shape()[1];
  for (const std::int32_t row : background.rows) {
    map = std::copy_n(background.of(row), channels, map);
  }
}

}  // namespace colonnade::cpu
