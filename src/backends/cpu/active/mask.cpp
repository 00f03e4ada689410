#include "backends/cpu/active/mask.hpp"

#include <algorithm>
#include <numeric>

namespace colonnade::cpu {
namespace {

using Word = CellMask::Word;
constexpr std::int64_t kBits = CellMask::kBits;

// Bits [at, at + kBits) of a row, which is zero outside of itself.
Word bits_at(std::span<const Word> row, std::int64_t at) {
  const std::int64_t shift = (at % kBits + kBits) % kBits, w = (at - shift) / kBits;
  const auto word = [&](std::int64_t i) {
    return i < 0 || i >= std::ssize(row) ? Word{0} : row[static_cast<std::size_t>(i)];
  };
  return shift == 0 ? word(w) : word(w) >> shift | word(w + 1) << (kBits - shift);
}

// row[at + i] |= bit i, wherever that exists.
void add_at(std::span<Word> row, std::int64_t at, Word bits) {
  const std::int64_t w = at / kBits, shift = at % kBits;
  const auto add = [&](std::int64_t i, Word part) {
    if (i < std::ssize(row)) row[static_cast<std::size_t>(i)] |= part;
  };
  add(w, bits << shift);
  if (shift != 0) add(w + 1, bits >> (kBits - shift));
}

void add_all(std::span<const Word> from, std::span<Word> to) {
  for (std::size_t w = 0; w < to.size(); ++w) to[w] |= from[w];
}

// to[i] |= from[i + offset] wherever that exists.
void add_shifted(std::span<const Word> from, std::int64_t offset, std::span<Word> to) {
  for (std::size_t w = 0; w < to.size(); ++w) {
    to[w] |= bits_at(from, static_cast<std::int64_t>(w) * kBits + offset);
  }
}

void clip(std::span<Word> row, std::int64_t width) {
  if (width % kBits != 0) row.back() &= (Word{1} << (width % kBits)) - 1;
}

// Bits 0, 2, 4, ... together, in the lower half.
Word even_bits(Word bits) {
  bits &= 0x5555555555555555;
  bits = (bits | bits >> 1) & 0x3333333333333333;
  bits = (bits | bits >> 2) & 0x0f0f0f0f0f0f0f0f;
  bits = (bits | bits >> 4) & 0x00ff00ff00ff00ff;
  bits = (bits | bits >> 8) & 0x0000ffff0000ffff;
  return (bits | bits >> 16) & 0x00000000ffffffff;
}

// The reverse: the lower half's bits become 0, 2, 4, ...
Word apart(Word bits) {
  bits &= 0x00000000ffffffff;
  bits = (bits | bits << 16) & 0x0000ffff0000ffff;
  bits = (bits | bits << 8) & 0x00ff00ff00ff00ff;
  bits = (bits | bits << 4) & 0x0f0f0f0f0f0f0f0f;
  bits = (bits | bits << 2) & 0x3333333333333333;
  return (bits | bits << 1) & 0x5555555555555555;
}

// to[i] = from[i * step]. Steps of two are what backbones take.
void take_every(std::span<const Word> from, std::int64_t step, std::span<Word> to) {
  for (std::size_t w = 0; w < to.size(); ++w) {
    const std::int64_t first = static_cast<std::int64_t>(w) * kBits * step;
    if (step == 2) {
      to[w] = even_bits(bits_at(from, first)) | even_bits(bits_at(from, first + kBits)) << 32;
      continue;
    }
    to[w] = 0;
    for (std::int64_t i = 0; i < kBits; ++i) {
      to[w] |= (bits_at(from, first + i * step) & 1) << i;
    }
  }
}

// to[first + i * step] |= bit i.
void add_apart(Word bits, std::int64_t first, std::int64_t step, std::span<Word> to) {
  if (bits == 0) return;
  if (step == 1) return add_at(to, first, bits);
  if (step % 2 != 0) {
    return for_each_bit(bits, [&](std::int64_t i) { add_at(to, first + i * step, 1); });
  }
  add_apart(apart(bits), first, step / 2, to);
  add_apart(apart(bits >> 32), first + 32 * step, step / 2, to);
}

bool any(std::span<const Word> row) {
  return std::any_of(row.begin(), row.end(), [](Word bits) { return bits != 0; });
}

}  // namespace

void CellMask::clear() {
  std::fill(bits_.begin(), bits_.end(), Word{0});
}

std::int64_t CellMask::count() const {
  std::int64_t count = 0;
  for (const Word bits : bits_) count += std::popcount(bits);
  return count;
}

std::size_t spread_words(const CellMask& from, const ConvWindow& window, const CellMask& to) {
  return static_cast<std::size_t>(from.row_words() +
                                  divide_up(to.width() * window.stride_w, kBits));
}

// Along columns first, then along rows: a window is a rectangle.
void spread(const CellMask& from, const ConvWindow& window, std::vector<Word>& scratch,
            CellMask& to) {
  scratch.resize(spread_words(from, window, to));
  const std::span<Word> met = std::span(scratch).first(static_cast<std::size_t>(from.row_words()));
  const std::span<Word> every = std::span(scratch).subspan(met.size());
  for (std::int64_t y = 0; y < to.height(); ++y) {
    std::fill(met.begin(), met.end(), Word{0});
    for (std::int64_t k = 0; k < window.kernel_h; ++k) {
      const std::int64_t at = y * window.stride_h - window.pad_top + k * window.dilation_h;
      if (at >= 0 && at < from.height()) add_all(from.row(at), met);
    }
    const std::span<Word> row = to.row(y);
    std::fill(row.begin(), row.end(), Word{0});
    if (!any(met)) continue;
    const std::span<Word> wide = window.stride_w == 1 ? row : every;
    std::fill(wide.begin(), wide.end(), Word{0});
    for (std::int64_t k = 0; k < window.kernel_w; ++k) {
      add_shifted(met, k * window.dilation_w - window.pad_left, wide);
    }
    if (window.stride_w != 1) take_every(wide, window.stride_w, row);
    clip(row, to.width());
  }
}

void add_placed(const CellMask& from, const Placement& placement, CellMask& to) {
  for (std::int64_t y = 0; y < from.height(); ++y) {
    const std::int64_t row = placement.first_row + y * placement.row_step;
    if (row >= to.height()) break;
    for (std::int64_t w = 0; w < from.row_words(); ++w) {
      add_apart(from.word(y, w), placement.first_column + w * kBits * placement.column_step,
                placement.column_step, to.row(row));
    }
    clip(to.row(row), to.width());
  }
}

void list_cells(const CellMask& mask, std::vector<std::int32_t>& cells) {
  cells.resize(static_cast<std::size_t>(mask.count()));
  std::int32_t* next = cells.data();
  for_each_run(mask, [&](std::int64_t cell, std::int64_t count) {
    std::iota(next, next + count, static_cast<std::int32_t>(cell));
    next += count;
  });
}

}  // namespace colonnade::cpu
