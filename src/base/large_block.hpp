// Memory in large pages.
#pragma once

#include <cstddef>
#include <memory>

namespace colonnade {

/// From here on a block is worth pages of its own.
inline constexpr std::size_t kLargePage = std::size_t{2} << 20;

/// Zeroed memory at a multiple of kLargePage, taken when it's touched; null: there is none. It
/// asks for pages of that size: one of 4 KiB costs as much to take, and a large tensor is streamed
/// through, so that their translations don't fit what a core keeps of them. Only a wish: where it
/// can't be had, nothing is lost.
std::shared_ptr<void> large_block(std::size_t bytes);

}  // namespace colonnade
