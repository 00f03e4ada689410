#include "backends/cpu/active/scan.hpp"

#include <algorithm>
#include <array>
#include <bit>

#include "base/divide_up.hpp"

namespace colonnade::cpu {
namespace {

// Cells of a task: all their channels stay in a core's own cache between finding and writing them.
constexpr std::int64_t kScanned = 1024;

// bench/peers/run --occupancy: up to here active cells cost less than all of them.
constexpr double kFewShare = 1.0 / 3;

bool is_few(std::int64_t cells, std::int64_t all) {
  return static_cast<double>(cells) <= kFewShare * static_cast<double>(all);
}

/// By cell of a part of the image: all its channels' bits together.
using Bits = std::array<std::uint32_t, kScanned>;

void find_bits(const float* image, std::int64_t channels, std::int64_t plane, std::int64_t count,
               Bits& bits) {
  bits.fill(0);
  for (std::int64_t c = 0; c < channels; ++c) {
    const float* values = image + c * plane;
    for (std::int64_t i = 0; i < count; ++i) {
      bits[static_cast<std::size_t>(i)] |= std::bit_cast<std::uint32_t>(values[i]);
    }
  }
}

}  // namespace

ImageScan::ImageScan(const Shape& image)
    : channels_(image[1]), width_(image[3]), all_(image[2] * image[3]) {
  occupied_.resize(static_cast<std::size_t>(all_));
  counts_.resize(static_cast<std::size_t>(divide_up(all_, kScanned)));
  cells_.reserve(static_cast<std::size_t>(all_));
}

void ImageScan::draw(const float* image, Canvas& canvas, Executor& threads) {
  const bool rewrite = canvas.is_dense();
  if (!rewrite) canvas.clear();
  threads.for_each(counts_.size(), [&](std::size_t task, int) {
    const std::int64_t first = static_cast<std::int64_t>(task) * kScanned;
    const std::int64_t count = std::min(kScanned, all_ - first);
    Bits bits;
    find_bits(image + first, channels_, all_, count, bits);
    std::int32_t* found = occupied_.data() + first;
    for (std::int64_t i = 0; i < count; ++i) {
      const bool occupied = bits[static_cast<std::size_t>(i)] != 0;
      if (occupied) *found++ = static_cast<std::int32_t>(first + i);
      if (!occupied && !rewrite) continue;
      canvas.write((first + i) / width_, (first + i) % width_, image + first + i, all_);
    }
    counts_[task] = static_cast<std::int32_t>(found - (occupied_.data() + first));
  });

  cells_.clear();
  std::int64_t total = 0;
  for (const std::int32_t count : counts_) total += count;
  few_ = is_few(total, all_);
  if (!few_) return canvas.mark_dense();
  for (std::size_t task = 0; task < counts_.size(); ++task) {
    const std::int32_t* found = occupied_.data() + static_cast<std::int64_t>(task) * kScanned;
    for (std::int32_t i = 0; i < counts_[task]; ++i) {
      const auto width = static_cast<std::int32_t>(width_);
      cells_.push_back({found[i] % width, found[i] / width});
    }
  }
  canvas.hold(cells_);
}

bool has_few_cells(const float* image, const Shape& shape) {
  const std::int64_t all = shape[2] * shape[3];
  std::int64_t total = 0;
  for (std::int64_t first = 0; first < all; first += kScanned) {
    Bits bits;
    find_bits(image + first, shape[1], all, std::min(kScanned, all - first), bits);
    total += std::count_if(bits.begin(), bits.end(), [](std::uint32_t b) { return b != 0; });
  }
  return is_few(total, all);
}

}  // namespace colonnade::cpu
