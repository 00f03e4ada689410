#include "cloud/packed_fields.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "cloud/text.hpp"
#include "colonnade/error.hpp"

namespace colonnade {

PackedFields::PackedFields(const CloudView& cloud, const std::string& where) : cloud_(cloud) {
  for (std::size_t i = 0; i < cloud.field_count; ++i) {
    const PointField& field = cloud.fields[i];
    if (field.name.empty() || Tokens(field.name).next() != field.name ||
        field.name.find('\n') != std::string::npos) {
      throw Error(ErrorCode::invalid_argument, where,
                  fmt::format("a field called {} can't be written; expected a name without blanks",
                              shown(field.name)));
    }
    const bool alias = std::any_of(fields_.begin(), fields_.end(), [&](const PointField& other) {
      return other.offset == field.offset && other.type == field.type;
    });
    if (!alias) fields_.push_back(field);
  }
}

void PackedFields::append_to(std::string& file) const {
  for (std::size_t i = 0; i < cloud_.count; ++i) {
    const auto* const point = reinterpret_cast<const char*>(cloud_.data + i * cloud_.stride);
    for (const PointField& field : fields_) file.append(point + field.offset, size_of(field.type));
  }
}

}  // namespace colonnade
