// INT8 convolution kernels: the plain one against sums written out here, the fast ones against the
// plain one; bit for bit, on maps of float32 and of bytes.
#include <gtest/gtest.h>

#include <cstring>
#include <utility>

#include "amx_in_memory.hpp"
#include "graphs.hpp"
#include "kernels/conv/bf16.hpp"
#include "kernels/conv/bf16_kernels.hpp"
#include "kernels/conv/cpu.hpp"
#include "kernels/conv/int8.hpp"
#include "kernels/conv/int8_kernels.hpp"

namespace colonnade::cpu {
namespace {

TEST(Int8, RoundsToNearestEvenWithinABytesEnds) {
  EXPECT_EQ(to_u8(0.0F, 10), 0);
  EXPECT_EQ(to_u8(-3.0F, 10), 0);
  EXPECT_EQ(to_u8(0.25F, 10), 2);  // 2.5: a tie, down to even.
  EXPECT_EQ(to_u8(0.375F, 4), 2);  // 1.5: a tie, up to even.
  EXPECT_EQ(to_u8(25.5F, 10), 255);
  EXPECT_EQ(to_u8(1e30F, 1e30F), 255);
  EXPECT_EQ(to_u8(NAN, 1), 0);
  EXPECT_EQ(to_i8(127.4), 127);
  EXPECT_EQ(to_i8(-1e9), -127);
  EXPECT_EQ(to_i8(-2.5), -2);
}

/// One 3x3 convolution on a map whose cells lie apart from each other by more than they hold.
struct Layer {
  std::int64_t height = 5, width = 7, inputs = 12, outputs = 70;
  bool relu = false, input_bytes = false;
  DType output = DType::f32;
};

struct Data {
  Tensor input, weights, bias;          ///< [cells, inputs], [outputs, inputs, 3, 3], [outputs]
  Tensor input_scales, output_inverse;  ///< By channel.
};

std::vector<float> convolve(const ConvKernel& kernel, const Layer& layer, const Data& data) {
  const std::int64_t cells = layer.height * layer.width;
  const WeightSource source{
      data.weights.as<float>(), layer.outputs, 3, 3, layer.inputs, 0, layer.inputs * 9, 3, 1, 9};
  const PackedWeights packed =
      pack_weights(kernel, source, data.bias.as<float>(), {data.input_scales.as<float>()});
  const Tensor zeros(DType::f32, {layer.inputs});
  std::vector<std::uint8_t> bytes;
  for (std::size_t i = 0; layer.input_bytes && i < data.input.elements(); ++i) {
    bytes.push_back(to_u8(data.input.as<float>()[i],
                          packed.input_inverse.as<float>()[i % data.input_scales.elements()]));
  }
  std::vector<float> output(static_cast<std::size_t>(cells * layer.outputs), -7);
  ConvArgs args;
  args.height = layer.height;
  args.width = args.output_width = layer.width;
  args.input =
      layer.input_bytes ? reinterpret_cast<const float*>(bytes.data()) : data.input.as<float>();
  args.input_type = layer.input_bytes ? DType::u8 : DType::f32;
  args.input_cell = layer.inputs / channels_a_word(args.input_type);
  args.window = {3, 3, 1, 1, 1, 1, 1, 1};
  args.weights = &packed;
  args.output = output.data();
  args.output_type = layer.output;
  if (layer.output == DType::u8) args.output_inverse = data.output_inverse.as<float>();
  args.output_cell = layer.outputs / channels_a_word(args.output_type);
  args.output_row = layer.width * args.output_cell;
  args.relu = layer.relu;
  args.zeros = zeros.as<float>();
  Tensor scratch(DType::u8, {conv_scratch_bytes(packed, cells)});
  conv_cells(args, {nullptr, 0, cells}, 0, packed.blocks(), scratch.data());
  if (layer.output == DType::f32) return output;
  std::vector<float> wide;
  const auto* to = reinterpret_cast<const std::byte*>(output.data());
  for (std::size_t i = 0; i < output.size(); ++i) {
    std::uint16_t half = 0;
    std::memcpy(&half, to + i * 2, layer.output == DType::bf16 ? 2 : 0);
    wide.push_back(layer.output == DType::bf16 ? from_bf16(half) : static_cast<float>(to[i]));
  }
  return wide;
}

/// What a map of that type keeps of the values.
std::vector<float> kept(const Layer& layer, const Data& data, std::vector<float> values) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    const float inverse = data.output_inverse.as<float>()[i % data.output_inverse.elements()];
    if (layer.output == DType::u8) values[i] = to_u8(values[i], inverse);
    if (layer.output == DType::bf16) values[i] = from_bf16(to_bf16(values[i]));
  }
  return values;
}

/// The same from the definition.
std::vector<float> expected(const Layer& layer, const Data& data) {
  std::vector<float> result;
  const float* w = data.weights.as<float>();
  const std::int64_t taps = layer.inputs * 9;
  for (std::int64_t cell = 0; cell < layer.height * layer.width; ++cell) {
    for (std::int64_t o = 0; o < layer.outputs; ++o) {
      double largest = 0;
      for (std::int64_t i = 0; i < taps; ++i) {
        const double scale = data.input_scales.as<float>()[i / 9];
        largest = std::max(largest, std::abs(scale * w[o * taps + i]));
      }
      std::int64_t sum = 0;
      for (std::int64_t i = 0; i < layer.inputs; ++i) {
        for (std::int64_t tap = 0; tap < 9; ++tap) {
          const std::int64_t y = cell / layer.width + tap / 3 - 1;
          const std::int64_t x = cell % layer.width + tap % 3 - 1;
          if (y < 0 || y >= layer.height || x < 0 || x >= layer.width) continue;
          const float value = data.input.as<float>()[(y * layer.width + x) * layer.inputs + i];
          const float scale = data.input_scales.as<float>()[i];
          const double steps =
              static_cast<double>(scale) * w[o * taps + i * 9 + tap] * (127 / largest);
          sum += static_cast<std::int64_t>(to_u8(value, 1 / scale)) *
                 static_cast<std::int64_t>(std::nearbyint(steps));
        }
      }
      const auto scale = static_cast<float>(largest / 127);
      float value = static_cast<float>(sum) * scale;
      value += data.bias.as<float>()[o];
      if (layer.relu) value = std::max(value, 0.0F);
      result.push_back(value);
    }
  }
  return kept(layer, data, std::move(result));
}

template <typename F>
void for_each_layer(F&& f) {
  GraphBuilder random(3);
  for (const auto& [inputs, outputs] :
       {std::pair{12, 72}, {1, 1}, {33, 16}, {64, 64}, {7, 34}, {20, 100}, {128, 4}}) {
    for (int flags = 0; flags < 12; ++flags) {
      Layer layer;
      layer.inputs = inputs;
      layer.outputs = outputs;
      layer.relu = (flags & 1) != 0;
      layer.input_bytes = (flags & 2) != 0;
      layer.output = flags < 4 ? DType::f32 : flags < 8 ? DType::bf16 : DType::u8;
      if ((layer.input_bytes && inputs % 4 != 0) || outputs % channels_a_word(layer.output) != 0) {
        continue;
      }
      SCOPED_TRACE(fmt::format("{} to {}, flags {}", inputs, outputs, flags));
      f(layer, Data{random.random({layer.height * layer.width, inputs}, -0.5F, 3),
                    random.random({outputs, inputs, 3, 3}), random.random({outputs}),
                    random.random({inputs}, 0.005F, 0.02F), random.random({outputs}, 20, 80)});
    }
  }
}

TEST(Int8, ThePlainKernelIsAsTheArithmeticIsWritten) {
  for_each_layer([](const Layer& layer, const Data& data) {
    EXPECT_EQ(convolve(emulated_int8_kernel(), layer, data), expected(layer, data));
  });
}

TEST(Int8, FastKernelsGiveThePlainOnesBits) {
  for (const ConvKernel* kernel : kernels_to_test(Precision::int8)) {
    SCOPED_TRACE(kernel->target);
    for_each_layer([&](const Layer& layer, const Data& data) {
      EXPECT_EQ(convolve(*kernel, layer, data), convolve(emulated_int8_kernel(), layer, data));
    });
  }
}

// A map is of what its readers compute with, whichever kernel writes it.
TEST(Bf16, KernelsWriteMapsOfAnyType) {
  std::vector<const ConvKernel*> kernels = kernels_to_test(Precision::bf16);
  kernels.push_back(&emulated_bf16_kernel());
  for (const ConvKernel* kernel : kernels) {
    SCOPED_TRACE(kernel->target);
    for_each_layer([&](Layer layer, const Data& data) {
      if (layer.input_bytes) return;
      const std::vector<float> narrow = convolve(*kernel, layer, data);
      const DType type = std::exchange(layer.output, DType::f32);
      const std::vector<float> wide = convolve(*kernel, layer, data);
      layer.output = type;
      EXPECT_EQ(narrow, kept(layer, data, wide));
    });
  }
}

}  // namespace
}  // namespace colonnade::cpu
