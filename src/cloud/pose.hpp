// Rigid transforms between sensor frames.
#pragma once

#include <array>
#include <string>

#include "colonnade/sweeps.hpp"

namespace colonnade {

/// Error(invalid_argument) unless the 3x3 part is a rotation (to 1e-3) and the last row 0 0 0 1.
void check_rigid(const Pose& pose, const std::string& where);

/// From `from`'s frame into `to`'s: to^-1 * from. World coordinates may be kilometres (maps), their
/// difference is metres: hence double.
Pose relative(const Pose& to, const Pose& from) noexcept;

std::array<double, 3> apply(const Pose& pose, double x, double y, double z) noexcept;

}  // namespace colonnade
