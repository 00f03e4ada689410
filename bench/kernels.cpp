// The convolutions of the KITTI RPN (432 x 496 grid), dense, on every kernel that this machine has:
// best GFLOP/s of several rounds, and the median share of the peak that all threads reach together
// right before each (a shared machine's cores aren't equally fast at all times).
//
// usage: kernels [--threads N] [--rounds N] [--isa NAME]
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <vector>

#include "base/cpus.hpp"
#include "base/tensor.hpp"
#include "base/thread_pool.hpp"
#include "kernels/conv/bf16.hpp"
#include "kernels/conv/cpu.hpp"
#include "measure/peak.hpp"

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
    {"up2, a phase, 1x1 128->128", 124, 108, 128, 128, 1, 1},
    {"up3, a phase, 1x1 256->128", 62, 54, 256, 128, 1, 1},
    {"heads 1x1 384->72", 248, 216, 384, 72, 1, 1},
    {"PFN product 10->64", 1, 128 * 32 * 16, 10, 64, 1, 1},
};

Tensor ramp(const Shape& shape) {
  Tensor tensor(DType::f32, shape);
  for (std::size_t i = 0; i < tensor.elements(); ++i) {
    tensor.as<float>()[i] = static_cast<float>(i % 251) / 251 - 0.5f;
  }
  return tensor;
}

/// One layer on one kernel, ready to run.
class Work {
 public:
  Work(const Layer& layer, const ConvKernel& kernel, ThreadPool& threads)
      : threads_(threads),
        height_(layer.height / layer.stride),
        width_(layer.width / layer.stride),
        input_(ramp({layer.height, layer.width, layer.inputs})),
        output_(DType::f32, {height_, width_, layer.outputs}),
        zeros_(DType::f32, {layer.inputs}) {
    const std::int64_t taps = layer.kernel * layer.kernel;
    const Tensor weights = ramp({layer.outputs, layer.inputs, taps});
    WeightSource source;
    source.data = weights.as<float>();
    source.outputs = layer.outputs;
    source.columns = taps;
    source.inputs = layer.inputs;
    source.by_output = layer.inputs * taps;
    source.by_column = 1;
    source.by_input = taps;
    packed_ = pack_weights(kernel, source, nullptr);
    args_.input = input_.as<float>();
    args_.height = layer.height;
    args_.width = layer.width;
    args_.input_cell = layer.inputs;
    args_.window.kernel_h = args_.window.kernel_w = layer.kernel;
    args_.window.stride_h = args_.window.stride_w = layer.stride;
    args_.window.pad_top = args_.window.pad_left = layer.kernel / 2;
    args_.weights = &packed_;
    args_.output = output_.as<float>();
    args_.output_width = width_;
    args_.output_cell = layer.outputs;
    args_.output_row = width_ * layer.outputs;
    args_.relu = true;
    narrow(layer, kernel.precision);
    args_.zeros = zeros_.as<float>();
    for (int i = 0; i < threads.threads(); ++i) {
      scratch_.emplace_back(DType::u8, Shape{conv_scratch_bytes(packed_, kConvChunk)});
    }
    gflop_ = 2e-9 * static_cast<double>(height_ * width_ * taps * layer.inputs * layer.outputs);
  }

  /// GFLOP/s of one run.
  double run() {
    const std::int64_t cells = height_ * width_;
    const auto start = std::chrono::steady_clock::now();
    threads_.for_each(static_cast<std::size_t>((cells + kConvChunk - 1) / kConvChunk),
                      [&](std::size_t task, int worker) {
                        const auto first = static_cast<std::int64_t>(task) * kConvChunk;
                        conv_cells(args_, {nullptr, first, std::min(kConvChunk, cells - first)}, 0,
                                   packed_.blocks(),
                                   scratch_[static_cast<std::size_t>(worker)].data());
                      });
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    return gflop_ / seconds.count();
  }

 private:
  /// Between layers of a reduced precision maps are kept in it.
  void narrow(const Layer& layer, Precision precision) {
    const DType type = precision == Precision::int8   ? DType::u8
                       : precision == Precision::bf16 ? DType::bf16
                                                      : DType::f32;
    const std::int64_t word = channels_a_word(type);
    if (layer.inputs % word != 0 || layer.outputs % word != 0) return;
    for (std::size_t i = 0; type == DType::bf16 && i < input_.elements(); i += 2) {
      const std::uint32_t pair = bf16_pair(input_.as<float>()[i], input_.as<float>()[i + 1]);
      std::memcpy(input_.as<float>() + i / 2, &pair, sizeof(pair));  // Any bytes are a map of u8.
    }
    args_.input_type = args_.output_type = type;
    args_.input_cell /= word;
    args_.output_cell /= word;
    args_.output_row /= word;
    inverse_.assign(static_cast<std::size_t>(layer.outputs), 1);
    if (type == DType::u8) args_.output_inverse = inverse_.data();
  }

  ThreadPool& threads_;
  std::int64_t height_, width_;
  Tensor input_, output_, zeros_;
  PackedWeights packed_;
  ConvArgs args_;
  std::vector<Tensor> scratch_;
  std::vector<float> inverse_;
  double gflop_ = 0;
};

double median(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + static_cast<long>(values.size() / 2),
                   values.end());
  return values[values.size() / 2];
}

void measure(const ConvKernel& kernel, int threads, int rounds) {
  ThreadPool pool(threads);
  fmt::print("\n{} ({} cells x {} channels), {} thread{}\n", kernel.target, kernel.pixels,
             kernel.vectors * kernel.lanes, threads, threads == 1 ? "" : "s");
  double highest = 0;
  for (const Layer& layer : kLayers) {
    Work work(layer, kernel, pool);
    work.run();
    std::vector<double> shares;
    double best = 0;
    for (int round = 0; round < rounds; ++round) {
      const double peak = measure_peak(kernel.isa, pool, kernel.precision), speed = work.run();
      highest = std::max(highest, peak);
      best = std::max(best, speed);
      shares.push_back(peak > 0 ? 100 * speed / peak : 0);
    }
    fmt::print("  {:<30} {:7.1f} GFLOP/s  {}\n", layer.name, best,
               highest > 0 ? fmt::format("{:5.1f} %", median(shares)) : "");
  }
  if (highest > 0) fmt::print("  {:<30} {:7.1f} GFLOP/s\n", "peak", highest);
}

}  // namespace
}  // namespace colonnade::cpu

int main(int argc, char** argv) {
  using namespace colonnade;
  CLI::App app("GFLOP/s of the convolution kernels on the KITTI RPN's layers.", "kernels");
  int threads = usable_cpus(), rounds = 10;
  std::string isa;
  app.add_option("--threads", threads);
  app.add_option("--rounds", rounds);
  app.add_option("--isa", isa, "Only this one");
  CLI11_PARSE(app, argc, argv);
  for (const cpu::ConvKernel& kernel : cpu::conv_kernels()) {
    if (isa.empty() ? kernel.isa != Isa::portable : isa == isa_name(kernel.isa)) {
      cpu::measure(kernel, threads, rounds);
    }
  }
}
