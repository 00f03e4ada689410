// ModelSpec -> anchors: the boxes that a head's codes are relative to.
#pragma once

#include <cstdint>
#include <vector>

#include "colonnade/model.hpp"

namespace colonnade {

/// In the model's own conventions, as AnchorSpec states them.
struct Anchor {
  float x, y, z;
  float length, width, height;
  float yaw;
};

/// The anchors of one head. Not stored one by one: x depends on the column, y on the row, the rest
/// on the kind (a shape with one of its rotations).
class AnchorGrid {
 public:
  /// Error(limit): a head with more anchors than an index can tell apart.
  AnchorGrid(const ModelSpec& model, const HeadSpec& head);

  std::int64_t size() const noexcept { return cells() * kinds(); }
  std::int64_t cells() const noexcept { return columns() * rows(); }
  std::int64_t columns() const noexcept { return static_cast<std::int64_t>(xs_.size()); }
  std::int64_t rows() const noexcept { return static_cast<std::int64_t>(ys_.size()); }
  std::int64_t kinds() const noexcept { return static_cast<std::int64_t>(kinds_.size()); }

  /// Where the anchor of a flat index stands: cell = row * columns + column.
  struct Place {
    std::int64_t cell, kind;
  };
  Place place_of(std::int64_t flat) const noexcept;
  std::int64_t flat_of(const Place& place) const noexcept;
  Anchor at(const Place& place) const noexcept;

  float x(std::int64_t column) const noexcept { return xs_[static_cast<std::size_t>(column)]; }
  float y(std::int64_t row) const noexcept { return ys_[static_cast<std::size_t>(row)]; }
  /// x and y are 0.
  const Anchor& kind(std::int64_t kind) const noexcept {
    return kinds_[static_cast<std::size_t>(kind)];
  }

 private:
  AnchorOrder order_;
  std::vector<float> xs_, ys_;
  std::vector<Anchor> kinds_;
};

}  // namespace colonnade
