// A cloud's fields one behind the other without gaps, as PCD and PLY files store them.
#pragma once

#include <string>
#include <vector>

#include "colonnade/cloud.hpp"

namespace colonnade {

class PackedFields {
 public:
  /// A field that is another one's alias (same offset and type) is left out. `where` names the file
  /// to be written: Error(invalid_argument) on a name that a header of words can't hold.
  PackedFields(const CloudView& cloud, const std::string& where);

  const std::vector<PointField>& fields() const noexcept {
    return fields_;
  }  ///< At source offsets.
  void append_to(std::string& file) const;

 private:
  CloudView cloud_;
  std::vector<PointField> fields_;
};

}  // namespace colonnade
