// The convolutions of the KITTI RPN (432 x 496 grid), dense: GFLOP/s of the dispatched kernel.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdint>
#include <vector>

#include "base/tensor.hpp"
#include "base/thread_pool.hpp"
#include "kernels/conv/cpu.hpp"

namespace colonnade::cpu {
namespace {

struct Layer {
  const char* name;
  std::int64_t height, width, inputs, outputs, kernel, stride;
};

constexpr Layer kLayers[] = {
    {"block1 first 3x3/2 64->64", 496, 432, 64, 64, 3, 2},
    {"block1 3x3 64->64", 248, 216, 64, 64, 3, 1},
    {"block2 first 3x3/2 64->128", 248, 216, 64, 128, 3, 2},
    {"block2 3x3 128->128", 124, 108, 128, 128, 3, 1},
    {"block3 first 3x3/2 128->256", 124, 108, 128, 256, 3, 2},
    {"block3 3x3 256->256", 62, 54, 256, 256, 3, 1},
    {"up1 1x1 64->128", 248, 216, 64, 128, 1, 1},
    {"class head 1x1 384->18", 248, 216, 384, 18, 1, 1},
    {"box head 1x1 384->42", 248, 216, 384, 42, 1, 1},
};

Tensor ramp(const Shape& shape) {
  Tensor tensor(DType::f32, shape);
  for (std::size_t i = 0; i < tensor.elements(); ++i) {
    tensor.as<float>()[i] = static_cast<float>(i % 251) / 251 - 0.5f;
  }
  return tensor;
}

void run_layer(benchmark::State& state) {
  const Layer& layer = kLayers[state.range(0)];
  ThreadPool threads(static_cast<int>(state.range(1)));
  const std::int64_t taps = layer.kernel * layer.kernel;
  const std::int64_t out_h = layer.height / layer.stride, out_w = layer.width / layer.stride;
  const Tensor weights = ramp({layer.outputs, layer.inputs, taps});
  const Tensor input = ramp({layer.height, layer.width, layer.inputs});
  const Tensor zeros(DType::f32, {layer.inputs});
  Tensor output(DType::f32, {out_h, out_w, layer.outputs});
  const PackedWeights packed = pack_weights(conv_kernels().front(),
                                            {weights.as<float>(), layer.outputs, 1, taps,
                                             layer.inputs, 0, layer.inputs * taps, 0, 1, taps},
                                            nullptr);
  ConvArgs args;
  args.input = input.as<float>();
  args.height = layer.height;
  args.width = layer.width;
  args.input_cell = layer.inputs;
  args.window.kernel_h = args.window.kernel_w = layer.kernel;
  args.window.stride_h = args.window.stride_w = layer.stride;
  args.window.pad_top = args.window.pad_left = layer.kernel / 2;
  args.weights = &packed;
  args.output = output.as<float>();
  args.output_width = out_w;
  args.output_cell = layer.outputs;
  args.output_row = out_w * layer.outputs;
  args.relu = true;
  args.zeros = zeros.as<float>();

  const std::int64_t total = out_h * out_w, chunk = kConvChunk;
  std::vector<Tensor> scratch;
  for (int i = 0; i < threads.threads(); ++i) {
    scratch.emplace_back(DType::u8, Shape{conv_scratch_bytes(packed, chunk)});
  }
  for (auto _ : state) {
    threads.for_each(
        static_cast<std::size_t>((total + chunk - 1) / chunk), [&](std::size_t task, int worker) {
          const auto first = static_cast<std::int64_t>(task) * chunk;
          conv_cells(args, {nullptr, first, std::min(chunk, total - first)}, 0, packed.blocks(),
                     scratch[static_cast<std::size_t>(worker)].data());
        });
  }
  state.SetLabel(std::string(layer.name) + " " + conv_kernels().front().target);
  state.counters["GFLOP/s"] =
      benchmark::Counter(2e-9 * static_cast<double>(total * taps * layer.inputs * layer.outputs),
                         benchmark::Counter::kIsIterationInvariantRate);
}

BENCHMARK(run_layer)
    ->ArgNames({"layer", "threads"})
    ->ArgsProduct({benchmark::CreateDenseRange(0, std::size(kLayers) - 1, 1), {1, 2}})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

}  // namespace
}  // namespace colonnade::cpu

BENCHMARK_MAIN();
