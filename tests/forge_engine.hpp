// An engine file whose bytes were changed, with the checksums that fit them: as a forger would.
#pragma once

#include <cstdint>
#include <cstring>
#include <span>

#include "base/hash.hpp"

namespace colonnade::testing {

/// Of each section that lies inside of the bytes, then of header and table.
inline void forge_checksums(std::span<std::byte> bytes) {
  constexpr std::size_t kHeader = 32, kEntry = 32;
  if (bytes.size() < kHeader) return;
  std::uint32_t sections = 0;
  std::memcpy(&sections, bytes.data() + 12, sizeof sections);
  if (sections > 64 || bytes.size() < kHeader + sections * kEntry) return;
  for (std::uint32_t i = 0; i < sections; ++i) {
    std::byte* entry = bytes.data() + kHeader + i * kEntry;
    std::uint64_t offset = 0, length = 0;
    std::memcpy(&offset, entry + 8, sizeof offset);
    std::memcpy(&length, entry + 16, sizeof length);
    if (offset > bytes.size() || length > bytes.size() - offset) continue;
    const std::uint64_t hash = hash64(bytes.subspan(offset, length));
    std::memcpy(entry + 24, &hash, sizeof hash);
  }
  std::memset(bytes.data() + 24, 0, 8);
  const std::uint64_t hash = hash64(bytes.first(kHeader + sections * kEntry));
  std::memcpy(bytes.data() + 24, &hash, sizeof hash);
}

}  // namespace colonnade::testing
