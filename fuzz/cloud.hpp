// What must hold of every cloud that a reader answers.
#pragma once

#include "cloud/scalar.hpp"
#include "colonnade/cloud.hpp"
#include "target.hpp"

namespace colonnade::fuzz {

/// Every field of every point lies in the data, and every value can be read.
inline void check_cloud(const Cloud& cloud) {
  if (cloud.count > 0 && cloud.stride > cloud.data.size() / cloud.count) {
    finding("a cloud's points leave its data");
  }
  const CloudView view = cloud.view();
  double sum = 0;
  for (const PointField& field : cloud.fields) {
    if (field.offset > cloud.stride || size_of(field.type) > cloud.stride - field.offset) {
      finding("a field leaves its point");
    }
    for (std::size_t i = 0; i < view.count; ++i) sum += load_float(view, i, &field);
  }
  for (const char* const name : {"x", "y", "z"}) {
    if (view.find(name) == nullptr) finding("a cloud without coordinates");
  }
  [[maybe_unused]] static volatile double sink;
  sink = sum;
}

}  // namespace colonnade::fuzz
