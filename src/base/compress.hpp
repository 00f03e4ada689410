// Bytes that repeat themselves, made fewer: LZ4's block format, which is read at the memory's
// speed.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

namespace colonnade {

/// Of any length; takes its time, for what's written once and read often.
std::vector<std::byte> compress(std::span<const std::byte> bytes);

/// What was compressed, aligned as tensors are, and what holds it.
struct Decompressed {
  std::span<const std::byte> bytes;
  std::shared_ptr<const void> owner;
};
/// Error(format): damaged, which needn't be found. Takes at most 255 bytes for each that's given.
Decompressed decompress(std::span<const std::byte> compressed);

}  // namespace colonnade
