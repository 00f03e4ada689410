// sensor.yaml, and the transform that follows from it.
#include <cmath>

#include "colonnade/model.hpp"
#include "stages/sensor_frame.hpp"
#include "target.hpp"

namespace {

using namespace colonnade;

void read(const std::string& path) {
  const SensorFrame frame(read_sensor_yaml(path));
  Point point{1, -2, 0.5F, 0.25F, 0};
  frame.to_model(point);
  Box box;
  box.x = 10;
  box.yaw = 1;
  frame.to_sensor(box);
  // A rotation keeps lengths; only the translation can be absurd, and it's finite.
  if (std::isnan(point.x) || std::isnan(box.yaw)) fuzz::finding("a transform that gives NaN");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const fuzz::InputFile file(data, size);
  fuzz::answers([&] { read(file.path()); });
  return 0;
}
