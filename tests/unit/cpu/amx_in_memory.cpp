#include "amx_in_memory.hpp"

#include <cmath>
#include <cstring>

#include "kernels/conv/amx_cells.hpp"
#include "kernels/conv/store_plainly.hpp"

namespace colonnade::cpu {
namespace {

int busy = 0;

// amx_tiles.hpp's contract.
class TilesInMemory {
 public:
  TilesInMemory() { ++busy; }
  ~TilesInMemory() { --busy; }
  TilesInMemory(const TilesInMemory&) = delete;
  TilesInMemory& operator=(const TilesInMemory&) = delete;

  template <int kTile>
  void load(const void* rows, std::int64_t stride) {
    for (int i = 0; i < kAmxRows; ++i) {
      std::memcpy(tiles_[kTile].words[i], static_cast<const std::byte*>(rows) + i * stride,
                  kAmxRowBytes);
    }
  }
  template <int kTile>
  void store(void* rows, std::int64_t stride) {
    for (int i = 0; i < kAmxRows; ++i) {
      std::memcpy(static_cast<std::byte*>(rows) + i * stride, tiles_[kTile].words[i], kAmxRowBytes);
    }
  }
  template <int kTile>
  void zero() {
    tiles_[kTile] = {};
  }
  // As Intel's manual writes TDPBF16PS down: sums of the first and of the second of the pairs, from
  // zero, are added to each other, then to the tile. Subnormal numbers are zero.
  template <int kSums, int kRows, int kColumns>
  void add_bf16() {
    for_each_sum([&](int m, int n) {
      float first = 0, second = 0;
      for (int k = 0; k < kAmxRows; ++k) {
        const std::uint32_t x = tiles_[kRows].words[m][k], w = tiles_[kColumns].words[k][n];
        first = flushed(std::fma(half(x), half(w), first));
        second = flushed(std::fma(half(x >> 16), half(w >> 16), second));
      }
      std::uint32_t& word = tiles_[kSums].words[m][n];
      const float sum = flushed(std::bit_cast<float>(word));
      word = std::bit_cast<std::uint32_t>(flushed(sum + flushed(first + second)));
    });
  }
  template <int kSums, int kRows, int kColumns>
  void add_int8() {
    for_each_sum([&](int m, int n) {
      std::uint32_t& sum = tiles_[kSums].words[m][n];
      for (int k = 0; k < kAmxRows; ++k) {
        for (int byte = 0; byte < 32; byte += 8) {
          const int x = static_cast<std::uint8_t>(tiles_[kRows].words[m][k] >> byte);
          const int w = static_cast<std::int8_t>(tiles_[kColumns].words[k][n] >> byte);
          sum += static_cast<std::uint32_t>(x * w);
        }
      }
    });
  }

 private:
  struct Tile {
    std::uint32_t words[kAmxRows][kAmxRowBytes / 4] = {};
  };

  static float flushed(float value) {
    return std::fpclassify(value) == FP_SUBNORMAL ? std::copysign(0.0F, value) : value;
  }
  static float half(std::uint32_t word) {
    return flushed(from_bf16(static_cast<std::uint16_t>(word & 0xffffU)));
  }
  template <typename F>
  static void for_each_sum(F&& f) {
    for (int m = 0; m < kAmxRows; ++m) {
      for (int n = 0; n < kAmxRows; ++n) f(m, n);
    }
  }

  Tile tiles_[8];
};

void write(const TileArgs& call, int cell, std::int64_t channel, float value) {
  store_plainly(call, cell, channel, call.relu && value < 0 ? 0 : value);
}

template <typename F>
void for_each_output(const TileArgs& call, int cells, F&& f) {
  for (int cell = 0; cell < cells; ++cell) {
    for (std::int64_t c = 0; c < (call.vectors - 1) * kAmxRows + call.last; ++c) f(cell, c);
  }
}

struct Bf16 {
  using Tiles = TilesInMemory;
  static constexpr Precision kPrecision = Precision::bf16;
  static void round(const PackedWeights& weights, const float* from, std::uint32_t* to) {
    round_plainly(from, weights.inputs, to);
  }
  static void finish(const TileArgs& call, int cells, const void* sums) {
    for_each_output(call, cells, [&](int cell, std::int64_t c) {
      write(call, cell, c, static_cast<const float*>(sums)[cell * kAmxChannels + c]);
    });
  }
};

struct Int8 {
  using Tiles = TilesInMemory;
  static constexpr Precision kPrecision = Precision::int8;
  static void round(const PackedWeights& weights, const float* from, std::uint32_t* to) {
    quantize_plainly(from, weights.inputs, weights.input_inverse.as<float>(), to);
  }
  static void finish(const TileArgs& call, int cells, const void* sums) {
    for_each_output(call, cells, [&](int cell, std::int64_t c) {
      const auto sum = static_cast<const std::int32_t*>(sums)[cell * kAmxChannels + c];
      write(call, cell, c, static_cast<float>(sum) * call.scale[c] + call.bias[c]);
    });
  }
};

template <typename Kernel>
ConvKernel row() {
  ConvKernel kernel = amx_shape(Kernel::kPrecision);
  kernel.target = "AMX in memory";
  kernel.compute = &run_amx_cells<Kernel>;
  return kernel;
}

}  // namespace

const ConvKernel& amx_in_memory(Precision precision) {
  static const ConvKernel bf16 = row<Bf16>(), int8 = row<Int8>();
  return precision == Precision::int8 ? int8 : bf16;
}

bool amx_in_memory_is_busy() {
  return busy != 0;
}

std::vector<const ConvKernel*> kernels_to_test(Precision precision) {
  std::vector<const ConvKernel*> kernels{&amx_in_memory(precision)};
  for (const ConvKernel& kernel : conv_kernels()) {
    if (kernel.precision == precision) kernels.push_back(&kernel);
  }
  return kernels;
}

}  // namespace colonnade::cpu
