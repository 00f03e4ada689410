// Type rules that elementwise operators share.
#pragma once

#include <optional>

#include "kernels/type_rules.hpp"

namespace colonnade::reference {

/// Shape of all inputs broadcast together; nothing if one's rank is unknown.
std::optional<Shape> broadcast_all(std::span<const TypeInfo> in);

/// Error(unsupported) naming the type that was found.
void require_floating(const TypeInfo& x);
void require_number(const TypeInfo& x);  ///< Anything but bool.
void require_bool(const TypeInfo& x);

}  // namespace colonnade::reference
