// What an operator's members may hold beyond their types. Readers of formats see to it as well, in
// their own words; kernels rely on it: verify holds it.
#pragma once

#include "graph/graph.hpp"

namespace colonnade {

/// Error(format): a group below 1, a ConstantOfShape of more values than one, a scatter plugin
/// without an image. (Windows are checked where they meet shapes.)
void check_members(const Op& op);

}  // namespace colonnade
