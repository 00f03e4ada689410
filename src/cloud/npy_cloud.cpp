// NumPy arrays of points: columns without names, so their order is the rule.
#include <fmt/core.h>

#include <cstring>

#include "base/npy.hpp"
#include "base/npy_header.hpp"
#include "cloud/float_records.hpp"
#include "cloud/record.hpp"
#include "cloud/scalar.hpp"
#include "colonnade/error.hpp"

namespace colonnade {
namespace {

// OpenPCDet and mmdet3d dump [N, 5] with a dt, a plain copy of a nuScenes file has the ring there:
// no time lies outside of this, nearly every ring does.
void check_dt(const Cloud& cloud, const PointField& dt, const std::string& where) {
  constexpr float kMaxSeconds = 10;
  const CloudView view = cloud.view();
  for (std::size_t i = 0; i < view.count; ++i) {
    const float value = load_float(view, i, &dt);
    if (value < 0 || value > kMaxSeconds) {
      throw Error(ErrorCode::format, where,
                  fmt::format("row {} has {} in its fifth column, where dt in [0, {}] seconds is "
                              "expected (save four columns if it's the ring)",
                              i, value, kMaxSeconds));
    }
  }
}

}  // namespace

bool is_npy(std::string_view file) noexcept {
  return file.substr(0, kNpyMagic.size()) == kNpyMagic;
}

Cloud read_npy_cloud(FileBytes file, const std::string& where) {
  const Tensor tensor = parse_npy(text_of(file), where);
  const Shape& shape = tensor.shape();
  const bool known_type = tensor.dtype() == DType::f32 || tensor.dtype() == DType::f64;
  if (shape.rank() != 2 || shape[1] < 3 || shape[1] > 5 || !known_type) {
    throw Error(ErrorCode::format, where,
                fmt::format("holds {} {}; expected float32 or float64 of [N,3], [N,4] or [N,5]",
                            name_of(tensor.dtype()), shape.to_string()));
  }
  constexpr const char* kNames[] = {"x", "y", "z", "intensity", "dt"};
  Record record;
  for (std::int64_t i = 0; i < shape[1]; ++i) {
    record.add_scalar(kNames[i], tensor.dtype() == DType::f32 ? FieldType::f32 : FieldType::f64,
                      where);
  }
  const FileBytes elements(static_cast<const std::byte*>(tensor.data()), tensor.bytes());
  Cloud cloud = copy_records(record, static_cast<std::size_t>(shape[0]), elements, where);
  if (shape[1] == 5) check_dt(cloud, cloud.fields.back(), where);
  return cloud;
}

void write_npy_cloud(const CloudView& cloud, const std::string& path) {
  const bool intensity = cloud.find("intensity") != nullptr || cloud.find("i") != nullptr;
  const std::vector<float> values = cloud.find("dt") != nullptr
                                        ? float_columns(cloud, {"x", "y", "z", "intensity", "dt"})
                                    : intensity ? float_columns(cloud, {"x", "y", "z", "intensity"})
                                                : float_columns(cloud, {"x", "y", "z"});
  const std::int64_t columns = cloud.find("dt") != nullptr ? 5 : intensity ? 4 : 3;
  write_npy(path, {DType::f32, {static_cast<std::int64_t>(cloud.count), columns}, values.data()});
}

}  // namespace colonnade
