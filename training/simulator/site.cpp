#include "simulator/site.hpp"

namespace colonnade::simulator {

int Site::label(ObjectClass kind, const Pose& pose, Vec size) {
  Object object;
  object.kind = kind;
  object.box.x = static_cast<float>(pose.at.x);
  object.box.y = static_cast<float>(pose.at.y);
  object.box.z = static_cast<float>(pose.at.z + size.z / 2);
  object.box.length = static_cast<float>(size.x);
  object.box.width = static_cast<float>(size.y);
  object.box.height = static_cast<float>(size.z);
  const double yaw = std::remainder(pose.yaw, 2 * kPi);
  object.box.yaw = static_cast<float>(yaw <= -kPi ? yaw + 2 * kPi : yaw);
  object.box.score = 1;
  object.box.label = static_cast<int>(kind);
  scene.objects.push_back(object);
  return static_cast<int>(scene.objects.size()) - 1;
}

}  // namespace colonnade::simulator
