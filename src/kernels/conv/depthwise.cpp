#include "kernels/conv/depthwise.hpp"

#include <algorithm>

namespace colonnade::cpu {

void depthwise_rows(const DepthwiseArgs& args, std::int64_t begin, std::int64_t end) {
  const ConvArgs& conv = args.conv;
  const ConvWindow& w = conv.window;
  for (std::int64_t y = begin; y < end; ++y) {
    for (std::int64_t x = 0; x < conv.output_width; ++x) {
      float* to = conv.output + y * conv.output_row + x * conv.output_cell;
      std::copy_n(args.bias, args.channels, to);
      for (std::int64_t ky = 0; ky < w.kernel_h; ++ky) {
        const std::int64_t iy = y * w.stride_h - w.pad_top + ky * w.dilation_h;
        if (iy < 0 || iy >= conv.height) continue;
        for (std::int64_t kx = 0; kx < w.kernel_w; ++kx) {
          const std::int64_t ix = x * w.stride_w - w.pad_left + kx * w.dilation_w;
          if (ix < 0 || ix >= conv.width) continue;
          const float* from = conv.input + (iy * conv.width + ix) * conv.input_cell;
          const float* tap = args.taps + (ky * w.kernel_w + kx) * args.channels;
          for (std::int64_t c = 0; c < args.channels; ++c) to[c] += from[c] * tap[c];
        }
      }
      if (!conv.relu) continue;
      for (std::int64_t c = 0; c < args.channels; ++c) to[c] = to[c] < 0 ? 0 : to[c];
    }
  }
}

}  // namespace colonnade::cpu
