#include "cloud/lzf.hpp"

#include <cstring>

namespace colonnade {

bool decompress_lzf(std::span<const std::byte> in, std::span<std::byte> out) noexcept {
  std::size_t from = 0, to = 0;
  const auto byte = [&](std::size_t i) { return std::to_integer<std::size_t>(in[i]); };
  while (from < in.size()) {
    const std::size_t control = byte(from++);
    if (control < 32) {  // A run of literals.
      const std::size_t length = control + 1;
      if (length > in.size() - from || length > out.size() - to) return false;
      std::memcpy(out.data() + to, in.data() + from, length);
      from += length;
      to += length;
      continue;
    }
    std::size_t length = control >> 5;  // A copy of earlier output.
    const std::size_t needed = length == 7 ? 2 : 1;
    if (needed > in.size() - from) return false;
    if (length == 7) length += byte(from++);
    length += 2;
    const std::size_t distance = ((control & 31) << 8 | byte(from++)) + 1;
    if (distance > to || length > out.size() - to) return false;
    // Byte by byte: a distance below the length repeats what this very copy writes.
    for (std::size_t i = 0; i < length; ++i, ++to) out[to] = out[to - distance];
  }
  return to == out.size();
}

}  // namespace colonnade
