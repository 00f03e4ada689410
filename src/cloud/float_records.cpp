#include "cloud/float_records.hpp"

#include <fmt/core.h>

#include <string_view>

#include "base/file.hpp"
#include "cloud/record.hpp"
#include "cloud/scalar.hpp"
#include "colonnade/error.hpp"

namespace colonnade {

Cloud read_float_records(FileBytes file, const FloatLayout& layout, const std::string& where) {
  Record record;
  for (const char* const name : layout.names) record.add_scalar(name, FieldType::f32, where);
  if (file.size() % record.stride() != 0) {
    const std::size_t other_stride = layout.other_floats * sizeof(float);
    const std::string hint =
        file.size() % other_stride == 0
            ? fmt::format("; it is one of {}, try the format {}", other_stride, layout.other_format)
            : "";
    throw Error(ErrorCode::format, where,
                fmt::format("its {} bytes aren't a multiple of {} (float32 {}){}", file.size(),
                            record.stride(), record.names(), hint));
  }
  return copy_records(record, file.size() / record.stride(), file, where);
}

std::vector<float> float_columns(const CloudView& cloud, std::initializer_list<const char*> names) {
  std::vector<const PointField*> fields;
  for (const std::string_view name : names) {
    const PointField* field = cloud.find(name.data());
    fields.push_back(field == nullptr && name == "intensity" ? cloud.find("i") : field);
  }
  std::vector<float> values;
  values.reserve(cloud.count * fields.size());
  for (std::size_t i = 0; i < cloud.count; ++i) {
    for (const PointField* const field : fields) values.push_back(load_float(cloud, i, field));
  }
  return values;
}

void write_float_records(const CloudView& cloud, std::initializer_list<const char*> names,
                         const std::string& path) {
  const std::vector<float> values = float_columns(cloud, names);
  write_file(path, std::as_bytes(std::span(values)));
}

}  // namespace colonnade
