#include "backends/cpu/active/mask.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include "base/divide_up.hpp"

namespace colonnade::cpu {
namespace {

// to[i] |= from[i * stride + offset] wherever that exists.
void add_shifted(const std::uint8_t* from, std::int64_t from_size, std::int64_t stride,
                 std::int64_t offset, std::uint8_t* to, std::int64_t to_size) {
  const std::int64_t begin = std::max<std::int64_t>(0, divide_up(-offset, stride));
  const std::int64_t end = std::min(to_size, divide_up(from_size - offset, stride));
  if (stride == 1) {
    for (std::int64_t i = begin; i < end; ++i) to[i] |= from[i + offset];
  } else {
    for (std::int64_t i = begin; i < end; ++i) to[i] |= from[i * stride + offset];
  }
}

bool any(const std::uint8_t* row, std::int64_t size) {
  return std::memchr(row, 1, static_cast<std::size_t>(size)) != nullptr;
}

}  // namespace

void CellMask::clear() {
  std::fill(cells_.begin(), cells_.end(), std::uint8_t{0});
}

// Along rows first, then along columns: a window is a rectangle.
void spread(const CellMask& from, const ConvWindow& window, std::vector<std::uint8_t>& scratch,
            CellMask& to) {
  const std::int64_t width = to.width();
  scratch.resize(static_cast<std::size_t>(width));
  to.clear();
  for (std::int64_t y = 0; y < from.height(); ++y) {
    if (!any(from.row(y), from.width())) continue;
    std::fill(scratch.begin(), scratch.end(), std::uint8_t{0});
    for (std::int64_t k = 0; k < window.kernel_w; ++k) {
      add_shifted(from.row(y), from.width(), window.stride_w,
                  k * window.dilation_w - window.pad_left, scratch.data(), width);
    }
    for (std::int64_t k = 0; k < window.kernel_h; ++k) {
      // The output row whose k-th tap is row y.
      const std::int64_t row = y + window.pad_top - k * window.dilation_h;
      if (row < 0 || row % window.stride_h != 0 || row / window.stride_h >= to.height()) continue;
      add_shifted(scratch.data(), width, 1, 0, to.row(row / window.stride_h), width);
    }
  }
}

void add_placed(const CellMask& from, const Placement& placement, CellMask& to) {
  for (std::int64_t y = 0; y < from.height(); ++y) {
    const std::int64_t row = placement.first_row + y * placement.row_step;
    if (row >= to.height()) break;
    const std::uint8_t* source = from.row(y);
    std::uint8_t* target = to.row(row) + placement.first_column;
    for (std::int64_t x = 0; x < from.width(); ++x) target[x * placement.column_step] |= source[x];
  }
}

void list_cells(const CellMask& mask, std::vector<std::int32_t>& cells) {
  cells.clear();
  const std::int64_t size = mask.height() * mask.width();
  const std::uint8_t* bytes = mask.row(0);
  std::int64_t i = 0;
  constexpr std::int64_t kWord = sizeof(std::uint64_t);
  std::array<std::int32_t, kWord> found{};
  for (; i + kWord <= size; i += kWord) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes + i, sizeof(word));
    if (word == 0) continue;
    std::size_t count = 0;  // Without a branch a cell: along a sweep's edges none is foreseen.
    for (std::int64_t j = i; j < i + kWord; ++j) {
      found[count] = static_cast<std::int32_t>(j);
      count += bytes[j];
    }
    cells.insert(cells.end(), found.begin(), found.begin() + static_cast<std::ptrdiff_t>(count));
  }
  for (; i < size; ++i) {
    if (bytes[i] != 0) cells.push_back(static_cast<std::int32_t>(i));
  }
}

}  // namespace colonnade::cpu
