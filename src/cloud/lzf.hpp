// LZF, Marc Lehmann's byte-oriented LZ77, as PCD's binary_compressed stores it.
#pragma once

#include <cstddef>
#include <span>

namespace colonnade {

/// No LZF stream grows more than this many times (3 bytes stand for at most 264).
inline constexpr std::size_t kMaxLzfExpansion = 88;

/// Fills `out` exactly. False where the stream ends early, goes on too long or refers to bytes
/// before the output's begin.
bool decompress_lzf(std::span<const std::byte> in, std::span<std::byte> out) noexcept;

}  // namespace colonnade
