// How many points of a cloud lie in each label.
#pragma once

#include <span>

#include "colonnade/cloud.hpp"
#include "evaluate/objects.hpp"

namespace colonnade {

/// Sets LidarObject::points; a point on a border is inside. Error(format): the cloud has no x, y,
/// z.
void count_points(const CloudView& cloud, std::span<LidarObject> labels);

}  // namespace colonnade
