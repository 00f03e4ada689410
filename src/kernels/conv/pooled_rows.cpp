#include "kernels/conv/pooled_rows.hpp"

#include <algorithm>
#include <cstring>
#include <limits>

#include "kernels/reduce/cpu.hpp"

namespace colonnade::cpu {
namespace {

constexpr std::int64_t kFloat = sizeof(float);
constexpr std::int64_t kAlignment = 64 / kFloat;

std::int64_t aligned(std::int64_t floats) {
  return (floats + kAlignment - 1) / kAlignment * kAlignment;
}

/// Rows that wait until there are enough of them for a kernel's call.
class Pool {
 public:
  Pool(const ConvArgs& args, float* to, void* scratch)
      : inputs_(args.weights->inputs),
        outputs_(args.weights->outputs),
        to_(to),
        from_(static_cast<float*>(scratch)),
        products_(from_ + aligned(kConvChunk * inputs_)),
        conv_scratch_(products_ + aligned(kConvChunk * outputs_)) {
    args_ = args;
    args_.height = 1;
    args_.width = args_.output_width = kConvChunk;
    args_.input = from_;
    args_.input_cell = inputs_;
    args_.output = products_;
    args_.output_cell = outputs_;
    args_.output_row = 0;
  }

  void add(const float* row, std::int64_t group) {
    std::copy_n(row, inputs_, from_ + count_ * inputs_);
    groups_[count_] = group;
    if (++count_ == kConvChunk) flush();
  }

  void flush() {
    conv_cells(args_, {nullptr, 0, count_}, 0, args_.weights->blocks(), conv_scratch_);
    for (std::int64_t i = 0; i < count_; ++i) {
      const float* product = products_ + i * outputs_;
      float* max = to_ + groups_[i] * outputs_;
      for (std::int64_t c = 0; c < outputs_; ++c) max[c] = larger(max[c], product[c]);
    }
    count_ = 0;
  }

 private:
  ConvArgs args_;
  std::int64_t inputs_, outputs_;
  float* to_;
  float *from_, *products_;
  void* conv_scratch_;
  std::int64_t groups_[kConvChunk] = {};
  std::int64_t count_ = 0;
};

}  // namespace

std::int64_t pooled_scratch_bytes(const PackedWeights& weights) {
  return (aligned(kConvChunk * weights.inputs) + aligned(kConvChunk * weights.outputs)) * kFloat +
         conv_scratch_bytes(weights, kConvChunk);
}

void pooled_rows(const ConvArgs& args, std::int64_t rows, std::int64_t begin, std::int64_t end,
                 float* to, void* scratch) {
  const std::int64_t outputs = args.weights->outputs;
  std::fill(to + begin * outputs, to + end * outputs, -std::numeric_limits<float>::infinity());
  const auto bytes = static_cast<std::size_t>(args.weights->inputs * kFloat);
  Pool pool(args, to, scratch);
  for (std::int64_t group = begin; group < end; ++group) {
    const float* row = args.input + group * rows * args.input_cell;
    for (std::int64_t r = 0; r < rows; ++r, row += args.input_cell) {
      if (r > 0 && std::memcmp(row, row - args.input_cell, bytes) == 0) continue;
      pool.add(row, group);
    }
  }
  pool.flush();
}

}  // namespace colonnade::cpu
