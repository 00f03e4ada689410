#include "backends/cpu/winograd_run.hpp"

#include <algorithm>
#include <cstring>

#include "kernels/conv/run_cells.hpp"

namespace colonnade::cpu {
namespace {

// Matrices of both sides together: what the cores' shared cache keeps between the three passes.
constexpr std::int64_t kCacheFloats = std::int64_t{8} * 1024 * 1024 / 4;
constexpr std::int64_t kTilesPerTask = 8;

std::int64_t tiles_at_once(const WinogradWeights& weights) {
  // Whole groups of cells of the products' kernel.
  const std::int64_t group = weights.points.front().kernel->pixels;
  const std::int64_t fit = kCacheFloats / (kTilePoints * (weights.inputs + weights.outputs));
  return std::max(group, fit / group * group);
}

}  // namespace

std::int64_t winograd_floats(const WinogradWeights& weights) {
  return tiles_at_once(weights) * kTilePoints * (weights.inputs + weights.outputs);
}

std::int64_t winograd_tiles(std::int64_t height, std::int64_t width) {
  return divide_up(height, kTileOutputs) * divide_up(width, kTileOutputs);
}

void list_tiles(std::int64_t height, std::int64_t width, const CellMask* active,
                std::vector<std::int32_t>& tiles) {
  tiles.clear();
  const std::int64_t columns = divide_up(width, kTileOutputs);
  for (std::int64_t ty = 0; ty < divide_up(height, kTileOutputs); ++ty) {
    for (std::int64_t tx = 0; tx < columns; ++tx) {
      bool any = active == nullptr;
      const std::int64_t x = tx * kTileOutputs;
      const auto count = static_cast<std::size_t>(std::min(kTileOutputs, width - x));
      for (std::int64_t y = ty * kTileOutputs;
           !any && y < std::min(height, (ty + 1) * kTileOutputs); ++y) {
        any = std::memchr(active->row(y) + x, 1, count) != nullptr;
      }
      if (any) tiles.push_back(static_cast<std::int32_t>(ty * columns + tx));
    }
  }
}

void convolve_winograd(const ConvArgs& args, const WinogradWeights& weights,
                       std::int64_t output_height, std::span<const std::int32_t> tiles,
                       const CellMask* active, const WinogradMemory& memory, Executor& threads) {
  const WinogradTransforms& transforms = weights.points.front().kernel->winograd;
  const std::int64_t inputs = weights.inputs, outputs = weights.outputs;
  const std::int64_t columns = divide_up(args.output_width, kTileOutputs);
  const std::int64_t at_once = tiles_at_once(weights);
  const std::int64_t in_point = at_once * inputs, out_point = at_once * outputs;
  float* v = memory.matrices.data();
  float* m = v + kTilePoints * in_point;
  for (std::size_t begin = 0; begin < tiles.size(); begin += static_cast<std::size_t>(at_once)) {
    const auto part =
        tiles.subspan(begin, std::min(static_cast<std::size_t>(at_once), tiles.size() - begin));
    const auto count = static_cast<std::int64_t>(part.size());
    share_items(count, kTilesPerTask, threads, [&](std::int64_t t) {
      const std::int64_t tile = part[static_cast<std::size_t>(t)];
      const std::int64_t y = tile / columns * kTileOutputs - args.window.pad_top;
      const std::int64_t x = tile % columns * kTileOutputs - args.window.pad_left;
      const float* pixels[kTilePoints];
      for (std::int64_t p = 0; p < kTilePoints; ++p) {
        const std::int64_t iy = y + p / kTileInputs, ix = x + p % kTileInputs;
        const bool inside = iy >= 0 && iy < args.height && ix >= 0 && ix < args.width;
        pixels[p] = inside ? input_at(args, iy * args.width + ix) : args.zeros;
      }
      transforms.input(pixels, inputs, v + t * inputs, in_point);
    });

    const std::int64_t chunks = divide_up(count, kConvChunk);
    threads.for_each(
        static_cast<std::size_t>(kTilePoints * chunks), [&](std::size_t task, int who) {
          const std::int64_t point = static_cast<std::int64_t>(task) / chunks;
          const std::int64_t first = static_cast<std::int64_t>(task) % chunks * kConvChunk;
          ConvArgs product;
          product.input = v + point * in_point;
          product.height = 1;
          product.width = product.output_width = count;
          product.input_cell = inputs;
          product.weights = &weights.points[static_cast<std::size_t>(point)];
          product.output = m + point * out_point;
          product.output_cell = outputs;
          product.zeros = args.zeros;
          conv_cells(product, {nullptr, first, std::min(kConvChunk, count - first)}, 0,
                     product.weights->blocks(), memory.scratch.of(who));
        });

    share_items(count, kTilesPerTask, threads, [&](std::int64_t t) {
      const std::int64_t tile = part[static_cast<std::size_t>(t)];
      const std::int64_t y = tile / columns * kTileOutputs, x = tile % columns * kTileOutputs;
      float* to[kTileOutputs * kTileOutputs];
      for (std::int64_t i = 0; i < kTileOutputs * kTileOutputs; ++i) {
        const std::int64_t oy = y + i / kTileOutputs, ox = x + i % kTileOutputs;
        const bool written = oy < output_height && ox < args.output_width &&
                             (active == nullptr || active->test(oy * args.output_width + ox));
        to[i] = written ? output_at(args, oy, ox) : nullptr;
      }
      transforms.output(m + t * outputs, out_point, outputs, weights.bias.as<float>(), args.relu,
                        to);
    });
  }
}

}  // namespace colonnade::cpu
