// Masks of cells against what they stand for, cell by cell; wide enough for rows of several words.
#include "backends/cpu/active/mask.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "backbone.hpp"

namespace colonnade::cpu {
namespace {

/// Of up to `most` rows.
CellMask random_cells(Random& random, std::int64_t most) {
  CellMask mask(random.from(1, most), random.from(1, 150));
  const int percent = random.from(0, 100);
  for (std::int64_t y = 0; y < mask.height(); ++y) {
    for (std::int64_t x = 0; x < mask.width(); ++x) {
      if (random.chance(percent)) mask.set(y, x);
    }
  }
  return mask;
}

TEST(CellMask, ListsAndCountsItsCells) {
  Random random(1);
  std::vector<std::int32_t> cells{7};  // Of another mask.
  for (int i = 0; i < 100; ++i) {
    CellMask mask = random_cells(random, 9);
    std::vector<std::int32_t> expected;
    for (std::int64_t y = 0; y < mask.height(); ++y) {
      for (std::int64_t x = 0; x < mask.width(); ++x) {
        if (mask.test(y, x)) expected.push_back(static_cast<std::int32_t>(y * mask.width() + x));
      }
    }
    list_cells(mask, cells);
    ASSERT_EQ(cells, expected) << i;
    ASSERT_EQ(mask.count(), static_cast<std::int64_t>(expected.size()));
    mask.clear();
    ASSERT_EQ(mask.count(), 0);
  }
}

TEST(CellMask, CellsArePlacedApart) {
  Random random(2);
  for (int i = 0; i < 300; ++i) {
    const CellMask from = random_cells(random, 9);
    CellMask to(random.from(1, 40), random.from(1, 400));
    const Placement at{random.from(0, 3), random.from(0, 70), random.from(1, 4), random.from(1, 8)};
    CellMask expected = to;
    for (std::int64_t y = 0; y < from.height(); ++y) {
      for (std::int64_t x = 0; x < from.width(); ++x) {
        const std::int64_t ty = at.first_row + y * at.row_step;
        const std::int64_t tx = at.first_column + x * at.column_step;
        if (from.test(y, x) && ty < to.height() && tx < to.width()) expected.set(ty, tx);
      }
    }
    add_placed(from, at, to);
    for (std::int64_t y = 0; y < to.height(); ++y) {
      ASSERT_TRUE(std::ranges::equal(to.row(y), expected.row(y))) << i << ": row " << y;
    }
  }
}

TEST(CellMask, WindowsSpreadAsTheyRead) {
  Random random(3);
  std::vector<CellMask::Word> scratch;
  for (int i = 0; i < 300; ++i) {
    ConvWindow w;
    w.kernel_h = random.from(1, 4), w.kernel_w = random.from(1, 4);
    w.stride_h = random.from(1, 3), w.stride_w = random.from(1, 3);
    w.dilation_h = random.from(1, 3), w.dilation_w = random.from(1, 3);
    w.pad_top = random.from(-2, 3), w.pad_left = random.from(-2, 3);
    const CellMask from = random_cells(random, random.from(1, 17));
    CellMask to(random.from(1, 19), random.from(1, 150));
    spread(from, w, scratch, to);
    for (std::int64_t y = 0; y < to.height(); ++y) {
      for (std::int64_t x = 0; x < to.width(); ++x) {
        bool reads = false;
        for (std::int64_t ky = 0; ky < w.kernel_h; ++ky) {
          for (std::int64_t kx = 0; kx < w.kernel_w; ++kx) {
            const std::int64_t iy = y * w.stride_h - w.pad_top + ky * w.dilation_h;
            const std::int64_t ix = x * w.stride_w - w.pad_left + kx * w.dilation_w;
            reads |=
                iy >= 0 && iy < from.height() && ix >= 0 && ix < from.width() && from.test(iy, ix);
          }
        }
        ASSERT_EQ(to.test(y, x), reads) << i << ": " << y << ", " << x;
      }
    }
  }
}

}  // namespace
}  // namespace colonnade::cpu
