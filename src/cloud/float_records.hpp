// Files that are nothing but float32 records: no header, the size tells the count.
#pragma once

#include <initializer_list>
#include <string>
#include <vector>

#include "cloud/formats.hpp"

namespace colonnade {

/// `other` is the layout that a file of a wrong size may have instead, by its number of floats.
struct FloatLayout {
  std::initializer_list<const char*> names;
  std::size_t other_floats;
  const char* other_format;
};

Cloud read_float_records(FileBytes file, const FloatLayout& layout, const std::string& where);

/// The named fields of every point, packed; 0 where the cloud has no such field. "intensity" is
/// also found as "i".
std::vector<float> float_columns(const CloudView& cloud, std::initializer_list<const char*> names);
void write_float_records(const CloudView& cloud, std::initializer_list<const char*> names,
                         const std::string& path);

}  // namespace colonnade
