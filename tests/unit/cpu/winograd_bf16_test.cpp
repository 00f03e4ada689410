// Winograd in BF16: the fast transforms against the plain ones, layers against float32's oracle
// within a few times what direct BF16 loses.
#include <cmath>
#include <cstring>

#include "graphs.hpp"
#include "kernels/conv/bf16.hpp"
#include "kernels/conv/bf16_kernels.hpp"
#include "kernels/conv/cpu.hpp"

namespace colonnade::cpu {
namespace {

constexpr std::int64_t kCells = kTileOutputs * kTileOutputs;

float half_at(const float* words, std::int64_t i) {
  std::uint16_t half = 0;
  std::memcpy(&half, reinterpret_cast<const std::byte*>(words) + i * 2, sizeof(half));
  return from_bf16(half);
}

class Bf16Winograd : public ::testing::Test {
 protected:
  void SetUp() override {
    if (find_conv_kernel(usable_isas().front(), Precision::bf16) == nullptr) {
      GTEST_SKIP() << "this machine has no BF16";
    }
  }
  GraphBuilder random_{7};
};

/// V as float32, [point][channels], and what lies behind each point's.
struct Transformed {
  std::vector<float> values;
  bool stayed = true;  ///< Nothing was written behind a point's channels.
};

Transformed transformed(TransformInput transform, const Tensor& cells, DType type,
                        std::int64_t channels) {
  const float* pixels[kTilePoints];
  for (std::int64_t p = 0; p < kTilePoints; ++p) {
    pixels[p] = cells.as<float>() + p * channels / channels_a_word(type);
  }
  const std::int64_t words = (channels + 1) / 2, point = words + 3;
  Tensor to(DType::f32, {kTilePoints, point});
  std::fill_n(to.as<float>(), to.elements(), -7.0F);
  transform({pixels, type, channels, to.as<float>(), point});
  Transformed result;
  for (std::int64_t p = 0; p < kTilePoints; ++p) {
    const float* row = to.as<float>() + p * point;
    for (std::int64_t c = 0; c < channels; ++c) result.values.push_back(half_at(row, c));
    for (std::int64_t w = words; w < point; ++w) result.stayed &= row[w] == -7.0F;
  }
  return result;
}

TEST_F(Bf16Winograd, TransformsInputsAsThePlainOneDoes) {
  for (const std::int64_t channels : {1, 2, 7, 16, 34, 64, 79}) {
    Tensor cells = random_.random({kTilePoints, channels});
    for (const DType type : {DType::f32, DType::bf16}) {
      if (channels % channels_a_word(type) != 0) continue;
      SCOPED_TRACE(fmt::format("{} channels of {}", channels, name_of(type)));
      if (type == DType::bf16) {
        for (std::size_t i = 0; i < cells.elements(); i += 2) {
          const std::uint32_t pair = bf16_pair(cells.as<float>()[i], cells.as<float>()[i + 1]);
          std::memcpy(cells.as<float>() + i / 2, &pair, sizeof(pair));
        }
      }
      const Transformed fast = transformed(avx512_bf16_transforms().input, cells, type, channels);
      const Transformed plain =
          transformed(emulated_bf16_transforms().input, cells, type, channels);
      EXPECT_TRUE(fast.stayed);
      EXPECT_TRUE(plain.stayed);
      for (std::size_t i = 0; i < fast.values.size(); ++i) {
        // A step of BF16, where float32's rounding falls to another side of a tie.
        const float step = std::max(std::abs(plain.values[i]) * 0x1p-7F, 1e-6F);
        ASSERT_NEAR(fast.values[i], plain.values[i], step) << i;
      }
    }
  }
}

std::vector<float> outputs_of(TransformOutput transform, const Tensor& m, const Tensor& bias,
                              const Tensor& inverse, DType type, bool relu) {
  const std::int64_t channels = bias.shape()[0];
  Tensor to(DType::f32, {kCells, channels});
  std::fill_n(to.as<float>(), to.elements(), -7.0F);
  float* cells[kCells];
  for (std::int64_t i = 0; i < kCells; ++i) {
    cells[i] = i % 3 == 1 ? nullptr : to.as<float>() + i * channels;
  }
  transform({m.as<float>(), channels, channels, bias.as<float>(), relu, cells, type,
             inverse.as<float>()});
  std::vector<float> values;
  for (std::int64_t i = 0; i < kCells; ++i) {
    const float* cell = to.as<float>() + i * channels;
    for (std::int64_t c = 0; c < channels; ++c) {
      const auto* bytes = reinterpret_cast<const std::uint8_t*>(cell);
      values.push_back(cells[i] == nullptr   ? cell[c]
                       : type == DType::bf16 ? half_at(cell, c)
                       : type == DType::u8   ? static_cast<float>(bytes[c])
                                             : cell[c]);
    }
    // Narrower types leave the rest of the cell alone.
    const std::int64_t words = (channels + channels_a_word(type) - 1) / channels_a_word(type);
    for (std::int64_t w = words; w < channels; ++w) EXPECT_EQ(cell[w], -7.0F);
  }
  return values;
}

TEST_F(Bf16Winograd, TransformsOutputsAsThePlainOneDoes) {
  for (const std::int64_t channels : {1, 4, 16, 36, 64}) {
    const Tensor m = random_.random({kTilePoints, channels});
    const Tensor bias = random_.random({channels});
    const Tensor inverse = random_.random({channels}, 1, 20);
    for (const DType type : {DType::f32, DType::bf16, DType::u8}) {
      for (const bool relu : {false, true}) {
        SCOPED_TRACE(fmt::format("{} channels of {}", channels, name_of(type)));
        const auto values = [&](TransformOutput transform) {
          return outputs_of(transform, m, bias, inverse, type, relu);
        };
        const std::vector<float> fast = values(avx512_bf16_transforms().output);
        const std::vector<float> plain = values(emulated_bf16_transforms().output);
        for (std::size_t i = 0; i < fast.size(); ++i) {
          const float rounding = type == DType::u8     ? 1
                                 : type == DType::bf16 ? std::abs(plain[i]) * 0x1p-7F
                                                       : 0;
          ASSERT_NEAR(fast[i], plain[i], rounding + 2e-5F) << i;
        }
      }
    }
  }
}

/// The best whose BF16 is by Winograd's algorithm at all: AMX is faster without.
Isa best_isa() {
  const ConvKernel* kernel = find_conv_kernel(usable_isas().front(), Precision::bf16);
  return kernel != nullptr && kernel->beats_winograd ? Isa::portable : usable_isas().front();
}

CompileOptions bf16(bool winograd, Isa isa = best_isa()) {
  CompileOptions options;
  options.isa = isa;
  options.precision = Precision::bf16;
  options.winograd = winograd;
  options.emulate = true;  // Where the machine has none, so that this runs on all of them.
  return options;
}

double relative_rms(const Tensor& actual, const Tensor& expected) {
  double error = 0, power = 0;
  for (std::size_t i = 0; i < expected.elements(); ++i) {
    const double e = expected.as<float>()[i], d = actual.as<float>()[i] - e;
    error += d * d;
    power += e * e;
  }
  return std::sqrt(error / power);
}

op::Window same() {
  op::Window window;
  window.pads = {1, 1, 1, 1};
  return window;
}

TEST(WinogradInBf16, NarrowerLayersAreDirectOrInFp32) {
  GraphBuilder b(5);
  const Shape image{1, 128, 12, 10};
  ValueId x = b.relu(b.conv(b.input(image), {128, 128, 3, 3}, same()));
  x = b.relu(b.conv(x, {64, 128, 3, 3}, same()));
  x = b.relu(b.conv(x, {48, 64, 3, 3}, same()));
  b.output(b.conv(x, {128, 48, 3, 3}, same()));
  const std::vector<Tensor> inputs{b.random(image)};
  const auto layers = [&](bool winograd) {
    ThreadPool pool(1);
    const auto session =
        cpu_backend().compile(b.graph, shapes_of(inputs), bf16(winograd))->create_session(pool);
    std::vector<std::string> result;
    session->observe([&](const LayerRun& layer) {
      if (layer.flop > 0) result.push_back(fmt::format("{} {}", layer.kind, layer.precision));
    });
    session->run(views_of(inputs));
    return result;
  };
  EXPECT_EQ(layers(true),
            (std::vector<std::string>{"winograd bf16", "winograd fp32", "conv bf16", "conv bf16"}));
  EXPECT_EQ(layers(false), std::vector<std::string>(4, "conv bf16"));
}

// Of uncorrelated inputs and weights, the worst for it: five times direct BF16's error.
TEST(WinogradInBf16, LosesAFewTimesWhatDirectBf16Loses) {
  struct Case {
    Shape image;
    std::int64_t outputs;
  };
  const Case cases[] = {
      {{1, 128, 17, 22}, 130},  // Parts of tiles, of groups and of vectors.
      {{2, 160, 9, 8}, 128},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.image.to_string());
    GraphBuilder b(5);
    b.output(b.conv(b.input(c.image), {c.outputs, c.image[1], 3, 3}, same()));
    const std::vector<Tensor> inputs{b.random(c.image)};
    const Tensor exact = run_on_cpu(b.graph, inputs)[0];
    for (const Isa isa : {best_isa(), Isa::portable}) {
      const double direct = relative_rms(run_with(b.graph, inputs, bf16(false, isa), 2)[0], exact);
      const Tensor actual = run_with(b.graph, inputs, bf16(true, isa), 2)[0];
      const double error = relative_rms(actual, exact);
      EXPECT_LT(error, 6 * direct);
      EXPECT_LT(error, 0.013);
      EXPECT_GT(error, 2 * direct) << "it was computed directly";
      for (const int threads : {1, 3}) {
        expect_equal_bits(run_with(b.graph, inputs, bf16(true, isa), threads)[0], actual);
      }
    }
  }
}

// Maps between such layers are BF16, the one that an INT8 layer reads is bytes.
TEST(WinogradInBf16, MapsBetweenItsLayersMayBeNarrow) {
  GraphBuilder b(6);
  const Shape image{1, 128, 14, 10};
  ValueId x = b.input(image);
  std::vector<ValueId> maps;
  for (int i = 0; i < 3; ++i) {
    x = b.relu(b.conv(x, {128, 128, 3, 3}, same()));
    maps.push_back(x);
  }
  b.output(b.conv(x, {16, 128, 1, 1}));
  const std::vector<Tensor> inputs{b.random(image)};
  const Tensor exact = run_on_cpu(b.graph, inputs)[0];
  CompileOptions options = bf16(true);
  EXPECT_LT(relative_rms(run_with(b.graph, inputs, options, 2)[0], exact), 0.02);

  GraphBuilder shown = b;  // What the last map reaches, channel by channel.
  shown.output(maps.back());
  const Tensor reached = run_on_cpu(shown.graph, inputs)[1];
  const std::int64_t cells = image[2] * image[3];
  TensorRange range;
  range.tensor = b.graph.values[maps.back()].name;
  for (std::int64_t c = 0; c < 128; ++c) {
    const float* channel = reached.as<float>() + c * cells;
    range.highs.push_back(*std::max_element(channel, channel + cells));
  }
  options.precision = Precision::int8;
  options.ranges = {range};
  ThreadPool pool(2);
  const auto program = cpu_backend().compile(b.graph, shapes_of(inputs), options);
  EXPECT_EQ(program->layers().at(2).precision, Precision::bf16);
  EXPECT_EQ(program->layers().at(3).precision, Precision::int8);
  EXPECT_LT(relative_rms(run_with(b.graph, inputs, options, 2)[0], exact), 0.03);
}

}  // namespace
}  // namespace colonnade::cpu
