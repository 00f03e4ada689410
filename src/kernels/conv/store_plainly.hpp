// How plain kernels of a reduced precision round what they read, and write maps of any type.
#pragma once

#include <cstddef>
#include <cstring>

#include "kernels/conv/bf16.hpp"
#include "kernels/conv/int8.hpp"
#include "kernels/conv/run_cells.hpp"

namespace colonnade::cpu {

/// to_bf16 of `count` floats, two a word; what is left of the last word is zero.
inline void round_plainly(const float* from, std::int64_t count, std::uint32_t* to) {
  for (std::int64_t i = 0; i < count; i += 2) {
    *to++ = bf16_pair(from[i], i + 1 < count ? from[i + 1] : 0.0F);
  }
}

/// to_u8 of them, four a word.
inline void quantize_plainly(const float* from, std::int64_t count, const float* inverse,
                             std::uint32_t* to) {
  for (std::int64_t i = 0; i < count; i += 4) {
    std::uint32_t word = 0;
    for (std::int64_t k = 0; k < 4 && i + k < count; ++k) {
      word |= static_cast<std::uint32_t>(to_u8(from[i + k], inverse[i + k])) << (8 * k);
    }
    *to++ = word;
  }
}

/// One channel of a cell of that type; `output_inverse`: of u8, by channel.
inline void store_plainly(float* cell, DType type, const float* output_inverse,
                          std::int64_t channel, float value) {
  auto* to = reinterpret_cast<std::byte*>(cell);
  if (type == DType::u8) {
    to[channel] = std::byte{to_u8(value, output_inverse[channel])};
  } else if (type == DType::bf16) {
    const std::uint16_t rounded = to_bf16(value);
    std::memcpy(to + channel * 2, &rounded, sizeof(rounded));
  } else {
    cell[channel] = value;
  }
}

inline void store_plainly(const TileArgs& args, int pixel, std::int64_t channel, float value) {
  store_plainly(args.outputs[pixel], args.output_type, args.output_inverse, channel, value);
}

}  // namespace colonnade::cpu
