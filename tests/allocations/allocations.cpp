#include "allocations/allocations.hpp"

#include <atomic>
#include <cstdlib>

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define COLONNADE_SANITIZED
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define COLONNADE_SANITIZED
#endif

namespace {
std::atomic<std::size_t> allocations{0};
}

// operator new ends here too. Blocks come from glibc's own functions, so its free takes them.
#if defined(__GLIBC__) && !defined(COLONNADE_SANITIZED)
#define COLONNADE_COUNTS
extern "C" {
void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
void* __libc_realloc(void* block, std::size_t size);
void* __libc_memalign(std::size_t alignment, std::size_t size);

void* malloc(std::size_t size) noexcept {
  ++allocations;
  return __libc_malloc(size);
}
void* calloc(std::size_t count, std::size_t size) noexcept {
  ++allocations;
  return __libc_calloc(count, size);
}
void* realloc(void* block, std::size_t size) noexcept {
  ++allocations;
  return __libc_realloc(block, size);
}
void* aligned_alloc(std::size_t alignment, std::size_t size) noexcept {
  ++allocations;
  return __libc_memalign(alignment, size);
}
}
#endif

namespace colonnade::testing {

std::size_t allocation_count() noexcept {
  return allocations;
}

bool allocations_are_counted() noexcept {
#if defined(COLONNADE_COUNTS)
  return true;
#else
  return false;
#endif
}

}  // namespace colonnade::testing
