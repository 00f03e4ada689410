// Which cells of a map a sweep can change, and how that spreads through a convolution.
#pragma once

#include <bit>
#include <cstdint>
#include <span>
#include <vector>

#include "base/divide_up.hpp"
#include "kernels/conv/cpu.hpp"

namespace colonnade::cpu {

/// A bit a cell. Each row begins with a word of its own, at whose end bits beyond the width are
/// zero: rows are shifted and united 64 cells at once.
class CellMask {
 public:
  using Word = std::uint64_t;
  static constexpr std::int64_t kBits = 64;

  CellMask() = default;
  CellMask(std::int64_t height, std::int64_t width)
      : height_(height),
        width_(width),
        words_(divide_up(width, kBits)),
        bits_(static_cast<std::size_t>(height * words_)) {}

  std::int64_t height() const { return height_; }
  std::int64_t width() const { return width_; }
  std::int64_t row_words() const { return words_; }
  std::span<Word> row(std::int64_t y) {
    return {bits_.data() + y * words_, static_cast<std::size_t>(words_)};
  }
  std::span<const Word> row(std::int64_t y) const {
    return {bits_.data() + y * words_, static_cast<std::size_t>(words_)};
  }
  Word word(std::int64_t y, std::int64_t w) const {
    return bits_[static_cast<std::size_t>(y * words_ + w)];
  }
  /// The number of the word's first cell.
  std::int64_t cell(std::int64_t y, std::int64_t w) const { return y * width_ + w * kBits; }
  bool test(std::int64_t y, std::int64_t x) const {
    return (word(y, x / kBits) >> (x % kBits) & 1) != 0;
  }
  void set(std::int64_t y, std::int64_t x) {
    row(y)[static_cast<std::size_t>(x / kBits)] |= Word{1} << (x % kBits);
  }
  void clear();
  std::int64_t count() const;

 private:
  std::int64_t height_ = 0, width_ = 0, words_ = 0;
  std::vector<Word> bits_;
};

/// f(i) for each bit i that is set, ascending.
template <typename F>
void for_each_bit(CellMask::Word bits, F&& f) {
  for (; bits != 0; bits &= bits - 1) f(std::int64_t{std::countr_zero(bits)});
}

/// f(cell, count) for cells that follow each other, ascending; a run of them ends with its word at
/// the latest. Whoever touches all cells goes this way: loops over runs are those without a wait.
template <typename F>
void for_each_run(const CellMask& mask, F&& f) {
  for (std::int64_t y = 0; y < mask.height(); ++y) {
    for (std::int64_t w = 0; w < mask.row_words(); ++w) {
      std::int64_t cell = mask.cell(y, w);
      for (CellMask::Word bits = mask.word(y, w); bits != 0;) {
        const int skip = std::countr_zero(bits);
        bits >>= skip;
        const int count = std::countr_one(bits);
        f(cell + skip, std::int64_t{count});
        bits = count == CellMask::kBits ? 0 : bits >> count;
        cell += skip + count;
      }
    }
  }
}

/// A grid's cells on a wider one: (y, x) is (first_row + y * row_step, ...). How a phase of a
/// transposed convolution lies on its output.
struct Placement {
  std::int64_t first_row = 0, first_column = 0, row_step = 1, column_step = 1;

  friend bool operator==(const Placement&, const Placement&) = default;
};

/// Of scratch, for spread of such masks.
std::size_t spread_words(const CellMask& from, const ConvWindow& window, const CellMask& to);

/// `to` becomes the cells whose window meets a cell of `from`. `scratch` is for reuse.
void spread(const CellMask& from, const ConvWindow& window, std::vector<CellMask::Word>& scratch,
            CellMask& to);

/// Adds `from`'s cells to `to`; those that would lie outside are none of `to`.
void add_placed(const CellMask& from, const Placement& placement, CellMask& to);

/// The cells' numbers, ascending.
void list_cells(const CellMask& mask, std::vector<std::int32_t>& cells);

}  // namespace colonnade::cpu
