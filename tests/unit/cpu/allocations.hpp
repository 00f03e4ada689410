// Counts this executable's calls of operator new.
#pragma once

#include <cstddef>

namespace colonnade::cpu {

std::size_t allocation_count();

}  // namespace colonnade::cpu
