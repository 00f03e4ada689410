// Which cells of a map a sweep can change, and how that spreads through a convolution.
#pragma once

#include <cstdint>
#include <vector>

#include "kernels/conv/cpu.hpp"

namespace colonnade::cpu {

/// A byte a cell, 0 or 1, row by row.
class CellMask {
 public:
  CellMask() = default;
  CellMask(std::int64_t height, std::int64_t width)
      : height_(height), width_(width), cells_(static_cast<std::size_t>(height * width)) {}

  std::int64_t height() const { return height_; }
  std::int64_t width() const { return width_; }
  std::uint8_t* row(std::int64_t y) { return cells_.data() + y * width_; }
  const std::uint8_t* row(std::int64_t y) const { return cells_.data() + y * width_; }
  bool test(std::int64_t cell) const { return cells_[static_cast<std::size_t>(cell)] != 0; }
  void set(std::int64_t cell) { cells_[static_cast<std::size_t>(cell)] = 1; }
  void clear();

 private:
  std::int64_t height_ = 0, width_ = 0;
  std::vector<std::uint8_t> cells_;
};

/// A grid's cells on a wider one: (y, x) is (first_row + y * row_step, ...). How a phase of a
/// transposed convolution lies on its output.
struct Placement {
  std::int64_t first_row = 0, first_column = 0, row_step = 1, column_step = 1;

  friend bool operator==(const Placement&, const Placement&) = default;
};

/// `to` becomes the cells whose window meets a cell of `from`. `scratch` is for reuse.
void spread(const CellMask& from, const ConvWindow& window, std::vector<std::uint8_t>& scratch,
            CellMask& to);

/// Adds `from`'s cells to `to`; those that would lie outside are none of `to`.
void add_placed(const CellMask& from, const Placement& placement, CellMask& to);

/// The cells' numbers, ascending.
void list_cells(const CellMask& mask, std::vector<std::int32_t>& cells);

}  // namespace colonnade::cpu
