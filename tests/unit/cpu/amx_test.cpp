// What AMX kernels do beyond the arithmetic, which bf16_test.cpp and int8_kernel_test.cpp hold:
// cells read in place or from copies, and tiles that no caller notices.
#include <cstring>

#include "amx_in_memory.hpp"
#include "graphs.hpp"
#include "kernels/conv/amx_tiles.hpp"
#include "kernels/conv/bf16.hpp"
#include "kernels/conv/cpu.hpp"

namespace colonnade::cpu {
namespace {

constexpr std::int64_t kHeight = 6, kWidth = 61;

/// A 3x3 convolution of a map in which runs of cells are stored and all others are one of two
/// vectors.
class Layer {
 public:
  Layer(unsigned seed, const ConvKernel& kernel, std::int64_t inputs, std::int64_t outputs,
        std::int64_t stride, bool wide)
      : b_(seed),
        kernel_(kernel),
        inputs_(inputs),
        outputs_(outputs),
        stride_(stride),
        type_(wide                                  ? DType::f32
              : kernel.precision == Precision::int8 ? DType::u8
                                                    : DType::bf16),
        words_(inputs / channels_a_word(type_)),
        height_((kHeight - 1) / stride + 1),
        width_((kWidth - 1) / stride + 1),
        zeros_(DType::f32, {inputs}) {
    const Tensor weights = b_.random({outputs, inputs, 3, 3}), bias = b_.random({outputs});
    const WeightSource source{weights.as<float>(), outputs, 3, 3, inputs, 0, inputs * 9, 3, 1, 9};
    const Tensor scales = b_.random({inputs}, 0.005F, 0.02F);
    packed_ = pack_weights(kernel, source, bias.as<float>(), {scales.as<float>()});
    background_ = random_words(2);
    for (std::int32_t cell = 0; cell < kHeight * kWidth; ++cell) {
      const bool active = cell % kWidth > 2 && cell / 23 % 3 != 0;
      rows_.push_back(active ? count_++ : ~(cell / 100 % 2));
    }
    stored_ = random_words(count_);
    whole_ = Tensor(DType::f32, {kHeight * kWidth, words_});
    for (std::size_t cell = 0; cell < rows_.size(); ++cell) {
      const std::int32_t row = rows_[cell];
      std::memcpy(
          whole_.as<float>() + static_cast<std::int64_t>(cell) * words_,
          row < 0 ? background_.as<float>() + ~row * words_ : stored_.as<float>() + row * words_,
          static_cast<std::size_t>(words_) * 4);
    }
  }

  std::vector<float> dense() const {
    std::vector<float> output(cells() * static_cast<std::size_t>(outputs_));
    ConvArgs args = shape();
    args.input = whole_.as<float>();
    args.output = output.data();
    run(args, {nullptr, 0, static_cast<std::int64_t>(cells())});
    return output;
  }

  /// Of stored cells, some at a time; into rows of their own.
  std::vector<float> sparse(std::int64_t at_once) const {
    std::vector<float> output(cells() * static_cast<std::size_t>(outputs_));
    std::vector<std::int32_t> list, rows;
    for (std::size_t cell = 0; cell < cells(); ++cell) {  // First the odd ones, then the others.
      rows.push_back(static_cast<std::int32_t>(cell % 2 == 0 ? cell / 2 + cells() / 2 : cell / 2));
      if (cell / 40 % 2 == 0 || cell % 2 == 0) list.push_back(static_cast<std::int32_t>(cell));
    }
    for (std::size_t cell = 0; cell < cells(); ++cell) {
      if (cell / 40 % 2 != 0 && cell % 2 != 0) list.push_back(static_cast<std::int32_t>(cell));
    }
    ConvArgs args = shape();
    args.input = stored_.as<float>();
    args.input_rows = rows_.data();
    args.background = background_.as<float>();
    args.output = output.data();
    args.output_rows = rows.data();
    args.output_cell = 1;
    args.output_row = width_;
    args.output_pitch = outputs_;
    const auto count = static_cast<std::int64_t>(list.size());
    for (std::int64_t first = 0; first < count; first += at_once) {
      run(args, {list.data(), first, std::min(at_once, count - first)});
    }
    std::vector<float> in_order;
    for (const std::int32_t row : rows) {
      const auto from = output.begin() + row * outputs_;
      in_order.insert(in_order.end(), from, from + outputs_);
    }
    return in_order;
  }

 private:
  // Any bytes are a map of u8.
  Tensor random_words(std::int64_t cells) {
    Tensor words = b_.random({cells, words_});
    for (std::size_t i = 0; type_ == DType::bf16 && i < words.elements(); ++i) {
      const std::uint32_t pair = bf16_pair(words.as<float>()[i], -words.as<float>()[i] / 3);
      std::memcpy(words.as<float>() + i, &pair, sizeof(pair));
    }
    return words;
  }
  std::size_t cells() const { return static_cast<std::size_t>(height_ * width_); }
  ConvArgs shape() const {
    ConvArgs args;
    args.height = kHeight;
    args.width = kWidth;
    args.input_cell = words_;
    args.input_type = type_;
    args.window = {3, 3, stride_, stride_, 1, 1, 1, 1};
    args.weights = &packed_;
    args.output_width = width_;
    args.output_cell = outputs_;
    args.output_row = width_ * outputs_;
    args.zeros = zeros_.as<float>();
    return args;
  }
  void run(const ConvArgs& args, const Cells& cells) const {
    Tensor scratch(DType::u8, {conv_scratch_bytes(packed_, cells.count)});
    std::memset(scratch.data(), 0x7f, scratch.bytes());
    for (std::int64_t block = 0; block < packed_.blocks(); block += 2) {
      conv_cells(args, cells, block, std::min(block + 2, packed_.blocks()), scratch.data());
    }
  }

  GraphBuilder b_;
  const ConvKernel& kernel_;
  std::int64_t inputs_, outputs_, stride_;
  DType type_;
  std::int64_t words_, height_, width_;
  std::int32_t count_ = 0;  ///< Of stored cells.
  Tensor zeros_, background_, stored_, whole_;
  std::vector<std::int32_t> rows_;
  PackedWeights packed_;
};

TEST(Amx, StoredCellsGiveTheBitsOfTheWholeMap) {
  for (const Precision precision : {Precision::bf16, Precision::int8}) {
    for (const ConvKernel* kernel : kernels_to_test(precision)) {
      unsigned seed = 0;
      for (const auto& [inputs, outputs] : {std::pair{64, 64}, {128, 40}, {36, 100}}) {
        for (const int stride : {1, 2}) {
          for (const bool wide : {false, true}) {
            SCOPED_TRACE(fmt::format("{}, {} to {}, stride {}, {}", kernel->target, inputs, outputs,
                                     stride, wide ? "float32" : "narrow"));
            const Layer layer(++seed, *kernel, inputs, outputs, stride, wide);
            const std::vector<float> dense = layer.dense();
            for (const int at_once : {5, 16, 33, 96}) {
              ASSERT_EQ(layer.sparse(at_once), dense) << at_once;
            }
          }
        }
      }
    }
  }
}

TEST(Amx, TilesAreGivenBack) {
  for (const Precision precision : {Precision::bf16, Precision::int8}) {
    Layer(1, amx_in_memory(precision), 64, 64, 1, false).dense();
    EXPECT_FALSE(amx_in_memory_is_busy());
  }
#if defined(__x86_64__)
  if (usable_isas().front() != Isa::amx) GTEST_SKIP() << "this machine has no AMX";
  Layer(1, *find_conv_kernel(Isa::amx, Precision::bf16), 64, 64, 1, false).dense();
  std::uint8_t configuration[64];
  asm volatile("sttilecfg %0" : "=m"(configuration));
  for (const std::uint8_t byte : configuration) EXPECT_EQ(byte, 0);
#endif
}

TEST(Amx, IsAskedForOnlyByWhatGainsFromIt) {
  const Isa best = usable_isas().front();
  EXPECT_LE(cpu_backend().least_isa(best, Precision::fp32), Isa::avx512);
  EXPECT_EQ(cpu_backend().least_isa(best, Precision::fp32), conv_kernel(best).isa);
  for (const Precision precision : {Precision::bf16, Precision::int8}) {
    const bool has = cpu_backend().choose(best, precision).effective == precision;
    const Isa least = cpu_backend().least_isa(best, precision);
    EXPECT_EQ(least == Isa::amx, best == Isa::amx);
    EXPECT_EQ(cpu_backend().choose(least, precision).effective == precision, has);
  }
}

// How Intel's manual orders the sums of a tile's BF16 products is what its chips do.
TEST(Amx, ChipsGiveTheDocumentedBits) {
  if (usable_isas().front() != Isa::amx) GTEST_SKIP() << "this machine has no AMX";
  const ConvKernel& fast = *find_conv_kernel(Isa::amx, Precision::bf16);
  for (unsigned seed = 1; seed <= 4; ++seed) {
    EXPECT_EQ(Layer(seed, fast, 128, 64, 1, false).dense(),
              Layer(seed, amx_in_memory(Precision::bf16), 128, 64, 1, false).dense());
  }
}

}  // namespace
}  // namespace colonnade::cpu
