#include "backends/cpu/winograd_run.hpp"

#include <algorithm>

#include "kernels/conv/run_cells.hpp"

namespace colonnade::cpu {
namespace {

// Matrices of both sides together: what the cores' shared cache keeps between the three passes.
constexpr std::int64_t kCacheFloats = std::int64_t{8} * 1024 * 1024 / 4;
constexpr std::int64_t kTilesPerTask = 8;

// Words of a tile in both sides' matrices.
std::int64_t words_a_tile(const WinogradWeights& weights) {
  return kTilePoints * (weights.words() + weights.outputs);
}

std::int64_t tiles_at_once(const WinogradWeights& weights) {
  // Whole groups of cells of the products' kernel.
  const std::int64_t group = weights.points.front().kernel->pixels;
  const std::int64_t fit = kCacheFloats / words_a_tile(weights);
  return std::max(group, fit / group * group);
}

// What a core's own cache holds of both sides' matrices, beside the weights.
constexpr std::int64_t kTaskFloats = std::int64_t{512} * 1024 / 4;
constexpr std::int64_t kWeightFloats = std::int64_t{640} * 1024 / 4;

bool fits_a_core(const WinogradWeights& weights) {
  return kTilePoints * weights.words() * weights.outputs <= kWeightFloats;
}

// Not more than conv_cells takes at once.
std::int64_t tiles_per_task(const WinogradWeights& weights) {
  const std::int64_t group = weights.points.front().kernel->pixels;
  const std::int64_t fit = kTaskFloats / words_a_tile(weights);
  return std::clamp(fit / group * group, group, kConvChunk);
}

}  // namespace

std::int64_t winograd_floats(const WinogradWeights& weights) {
  return fits_a_core(weights) ? 0 : tiles_at_once(weights) * words_a_tile(weights);
}

std::int64_t winograd_task_floats(const WinogradWeights& weights) {
  return fits_a_core(weights) ? tiles_per_task(weights) * words_a_tile(weights) : 0;
}

std::int64_t winograd_tiles(std::int64_t height, std::int64_t width) {
  return divide_up(height, kTileOutputs) * divide_up(width, kTileOutputs);
}

void list_tiles(std::int64_t height, std::int64_t width, const CellMask* active,
                std::vector<std::int32_t>& tiles) {
  static_assert(CellMask::kBits % kTileOutputs == 0, "no tile lies in two words");
  constexpr CellMask::Word kTile = (CellMask::Word{1} << kTileOutputs) - 1;
  tiles.clear();
  const std::int64_t columns = divide_up(width, kTileOutputs);
  for (std::int64_t ty = 0; ty < divide_up(height, kTileOutputs); ++ty) {
    const std::int64_t first = ty * kTileOutputs, end = std::min(first + kTileOutputs, height);
    for (std::int64_t tx = 0; tx < columns; ++tx) {
      const std::int64_t x = tx * kTileOutputs;
      CellMask::Word bits = active == nullptr ? kTile : 0;
      for (std::int64_t y = first; active != nullptr && y < end; ++y) {
        bits |= active->word(y, x / CellMask::kBits) >> (x % CellMask::kBits) & kTile;
      }
      if (bits != 0) tiles.push_back(static_cast<std::int32_t>(ty * columns + tx));
    }
  }
}

namespace {

/// One convolution's three passes over some of its tiles.
class Passes {
 public:
  Passes(const ConvArgs& args, const WinogradWeights& weights, std::int64_t output_height,
         const CellMask* active)
      : args_(args),
        weights_(weights),
        transforms_(weights.points.front().kernel->winograd),
        columns_(divide_up(args.output_width, kTileOutputs)),
        output_height_(output_height),
        active_(active) {}

  /// Into row `row` of each point's matrix, which are `point` floats apart.
  void transform_input(std::int64_t tile, std::int64_t row, float* v, std::int64_t point) const {
    const std::int64_t y = tile / columns_ * kTileOutputs - args_.window.pad_top;
    const std::int64_t x = tile % columns_ * kTileOutputs - args_.window.pad_left;
    const float* pixels[kTilePoints];
    for (std::int64_t p = 0; p < kTilePoints; ++p) {
      const std::int64_t iy = y + p / kTileInputs, ix = x + p % kTileInputs;
      pixels[p] = pixel_at(args_, iy, ix);
    }
    transforms_.input(
        {pixels, args_.input_type, weights_.inputs, v + row * weights_.words(), point});
  }

  /// Rows [first, first + count) of a point's matrix of `rows` rows.
  void multiply(std::int64_t point, const float* v, float* m, std::int64_t rows, std::int64_t first,
                std::int64_t count, std::byte* scratch) const {
    ConvArgs product;
    product.input = v;
    product.input_type = weights_.type();
    product.height = 1;
    product.width = product.output_width = rows;
    product.input_cell = weights_.words();
    product.weights = &weights_.points[static_cast<std::size_t>(point)];
    product.output = m;
    product.output_cell = weights_.outputs;
    product.zeros = args_.zeros;
    conv_cells(product, {nullptr, first, count}, 0, product.weights->blocks(), scratch);
  }

  void transform_output(std::int64_t tile, std::int64_t row, const float* m,
                        std::int64_t point) const {
    const std::int64_t y = tile / columns_ * kTileOutputs, x = tile % columns_ * kTileOutputs;
    float* to[kTileOutputs * kTileOutputs];
    for (std::int64_t i = 0; i < kTileOutputs * kTileOutputs; ++i) {
      const std::int64_t oy = y + i / kTileOutputs, ox = x + i % kTileOutputs;
      const bool written = oy < output_height_ && ox < args_.output_width &&
                           (active_ == nullptr || active_->test(oy, ox));
      to[i] = written ? output_at(args_, oy, ox) : nullptr;
    }
    transforms_.output({m + row * weights_.outputs, point, weights_.outputs,
                        weights_.bias.as<float>(), args_.relu, to, args_.output_type,
                        args_.output_inverse});
  }

 private:
  const ConvArgs& args_;
  const WinogradWeights& weights_;
  const WinogradTransforms& transforms_;
  std::int64_t columns_, output_height_;
  const CellMask* active_;
};

// Each thread takes some tiles through all three passes: their matrices stay in its own cache, and
// nobody waits for anybody.
void run_alone(const Passes& passes, const WinogradWeights& weights,
               std::span<const std::int32_t> tiles, const WinogradMemory& memory,
               Executor& threads) {
  const std::int64_t most = tiles_per_task(weights);
  // As even as can be, and several for each thread.
  const auto all = static_cast<std::int64_t>(tiles.size());
  const std::int64_t tasks =
      std::max(divide_up(all, most), std::min(all, std::int64_t{4} * threads.threads()));
  threads.for_each(static_cast<std::size_t>(tasks), [&](std::size_t task, int who) {
    const std::int64_t begin = static_cast<std::int64_t>(task) * all / tasks;
    const std::int64_t count = static_cast<std::int64_t>(task + 1) * all / tasks - begin;
    const std::int64_t in_point = most * weights.words(), out_point = most * weights.outputs;
    float* v = memory.matrices.data() + who * winograd_task_floats(weights);
    float* m = v + kTilePoints * in_point;
    for (std::int64_t t = 0; t < count; ++t) {
      passes.transform_input(tiles[static_cast<std::size_t>(begin + t)], t, v, in_point);
    }
    for (std::int64_t p = 0; p < kTilePoints; ++p) {
      passes.multiply(p, v + p * in_point, m + p * out_point, count, 0, count,
                      memory.scratch.of(who));
    }
    for (std::int64_t t = 0; t < count; ++t) {
      passes.transform_output(tiles[static_cast<std::size_t>(begin + t)], t, m, out_point);
    }
  });
}

// All threads go through a pass together: for weights that each would have to read again for a few
// tiles.
void run_together(const Passes& passes, const WinogradWeights& weights,
                  std::span<const std::int32_t> tiles, const WinogradMemory& memory,
                  Executor& threads) {
  const std::int64_t at_once = tiles_at_once(weights);
  const std::int64_t in_point = at_once * weights.words(), out_point = at_once * weights.outputs;
  float* v = memory.matrices.data();
  float* m = v + kTilePoints * in_point;
  for (std::size_t begin = 0; begin < tiles.size(); begin += static_cast<std::size_t>(at_once)) {
    const auto part =
        tiles.subspan(begin, std::min(static_cast<std::size_t>(at_once), tiles.size() - begin));
    const auto count = static_cast<std::int64_t>(part.size());
    share_items(count, kTilesPerTask, threads, [&](std::int64_t t) {
      passes.transform_input(part[static_cast<std::size_t>(t)], t, v, in_point);
    });
    const std::int64_t chunks = divide_up(count, kConvChunk);
    threads.for_each(
        static_cast<std::size_t>(kTilePoints * chunks), [&](std::size_t task, int who) {
          const std::int64_t p = static_cast<std::int64_t>(task) / chunks;
          const std::int64_t first = static_cast<std::int64_t>(task) % chunks * kConvChunk;
          passes.multiply(p, v + p * in_point, m + p * out_point, count, first,
                          std::min(kConvChunk, count - first), memory.scratch.of(who));
        });
    share_items(count, kTilesPerTask, threads, [&](std::int64_t t) {
      passes.transform_output(part[static_cast<std::size_t>(t)], t, m, out_point);
    });
  }
}

}  // namespace

void convolve_winograd(const ConvArgs& args, const WinogradWeights& weights,
                       std::int64_t output_height, std::span<const std::int32_t> tiles,
                       const CellMask* active, const WinogradMemory& memory, Executor& threads) {
  const Passes passes(args, weights, output_height, active);
  (fits_a_core(weights) ? run_alone : run_together)(passes, weights, tiles, memory, threads);
}

}  // namespace colonnade::cpu
