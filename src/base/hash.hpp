// XXH3: checksums of stored bytes, and names for contents. Not against forgers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace colonnade {

std::uint64_t hash64(std::span<const std::byte> bytes) noexcept;

/// Of 128 bits, as 32 hexadecimal digits.
std::string hash_text(std::span<const std::byte> bytes);

}  // namespace colonnade
