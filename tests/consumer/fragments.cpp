// The C++ fragments of README.md and docs/cpp_api.md, compiled as they stand there.
#include <colonnade/detector.hpp>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace {

/// What of ROS's sensor_msgs/PointCloud2 counts here.
struct PointCloud2 {
  struct Field {
    std::string name;
    std::uint32_t offset, count;
    std::uint8_t datatype;
  };
  std::uint32_t width, height, point_step;
  std::vector<Field> fields;
  std::vector<std::uint8_t> data;
};

// PointCloud2's INT8 to FLOAT64 are 1 to 8.
static_assert(static_cast<int>(colonnade::FieldType::i8) == 1 - 1);
static_assert(static_cast<int>(colonnade::FieldType::u32) == 6 - 1);
static_assert(static_cast<int>(colonnade::FieldType::f32) == 7 - 1);
static_assert(static_cast<int>(colonnade::FieldType::f64) == 8 - 1);

void use(const colonnade::Box&) {}

}  // namespace

#include "engine_file.inc"

void point_cloud2(const PointCloud2& message, colonnade::Detector& detector,
                  colonnade::Detections& found) {
#include "point_cloud2.inc"
}

void readme(const float* points, std::size_t count) {
#include "readme.inc"
}
