#include "base/large_block.hpp"

#include <sys/mman.h>

#include <cstdint>

namespace colonnade {

std::shared_ptr<void> large_block(std::size_t bytes) {
  constexpr std::size_t kSmallPage = 4096;
  const std::size_t size = (bytes + kSmallPage - 1) / kSmallPage * kSmallPage;
  const std::size_t reserved = size + kLargePage;
  if (reserved < bytes) return nullptr;
  void* const all =
      ::mmap(nullptr, reserved, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (all == MAP_FAILED) return nullptr;
  const auto begin = reinterpret_cast<std::uintptr_t>(all);
  const std::uintptr_t aligned = (begin + kLargePage - 1) / kLargePage * kLargePage;
  void* const block = reinterpret_cast<void*>(aligned);
  // The space before it goes back; what lies behind is never touched.
  if (aligned > begin) ::munmap(all, aligned - begin);
  const std::size_t mapped = reserved - (aligned - begin);
#ifdef MADV_HUGEPAGE
  // A last page that's mostly used may be a large one too.
  const bool round_up = size % kLargePage > kLargePage / 2;
  ::madvise(block, round_up ? mapped / kLargePage * kLargePage : size, MADV_HUGEPAGE);
#endif
  return {block, [mapped](void* data) { ::munmap(data, mapped); }};
}

}  // namespace colonnade
