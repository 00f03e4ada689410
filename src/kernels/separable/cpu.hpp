// Pooling and resizing, channels-last: each output cell is a maximum or a weighted sum of a few
// input cells, and which ones is a matter of each axis by itself.
#pragma once

#include <cstdint>
#include <vector>

namespace colonnade::cpu {

/// Along one axis: output i reads the inputs at `input[begin[i]]` to before `input[begin[i + 1]]`.
struct AxisTaps {
  std::vector<std::int32_t> begin{0};
  std::vector<std::int64_t> input;
  std::vector<float> weight;

  void add(std::int64_t at, float with) {
    input.push_back(at);
    weight.push_back(with);
  }
  void end_output() { begin.push_back(static_cast<std::int32_t>(input.size())); }
  std::int64_t outputs() const { return static_cast<std::int64_t>(begin.size()) - 1; }
};

struct SeparableArgs {
  bool max = false;  ///< Of all taps (NaN wins), weights unused; else the sum of products.
  const AxisTaps* rows = nullptr;
  const AxisTaps* columns = nullptr;
  std::int64_t channels = 0;
  const float* input = nullptr;
  std::int64_t input_cell = 0, input_row = 0;  ///< Floats to the right and lower neighbour.
  float* output = nullptr;
  std::int64_t output_cell = 0, output_row = 0;
};

/// The output rows [begin, end) of one image. A maximum of nothing is -infinity.
void separable_rows(const SeparableArgs& args, std::int64_t begin, std::int64_t end);

}  // namespace colonnade::cpu
