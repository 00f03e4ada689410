// Counts this executable's allocations, of all threads.
#pragma once

#include <cstddef>

namespace colonnade::testing {

/// So far. 0 where the C library's allocator can't be replaced (sanitizers bring their own).
std::size_t allocation_count() noexcept;
/// Whether it can.
bool allocations_are_counted() noexcept;

}  // namespace colonnade::testing
