// How plain kernels of a reduced precision write maps of any type.
#pragma once

#include <cstddef>
#include <cstring>

#include "kernels/conv/bf16.hpp"
#include "kernels/conv/int8.hpp"
#include "kernels/conv/run_cells.hpp"

namespace colonnade::cpu {

inline void store_plainly(const TileArgs& args, int pixel, std::int64_t channel, float value) {
  auto* to = reinterpret_cast<std::byte*>(args.outputs[pixel]);
  if (args.output_type == DType::u8) {
    to[channel] = std::byte{to_u8(value, args.output_inverse[channel])};
  } else if (args.output_type == DType::bf16) {
    const std::uint16_t rounded = to_bf16(value);
    std::memcpy(to + channel * 2, &rounded, sizeof(rounded));
  } else {
    args.outputs[pixel][channel] = value;
  }
}

}  // namespace colonnade::cpu
