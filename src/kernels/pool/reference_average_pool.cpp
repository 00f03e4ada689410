#include "kernels/elementwise/rules.hpp"
#include "kernels/pool/pool_window.hpp"
#include "kernels/reference_ops.hpp"
#include "kernels/widen.hpp"

namespace colonnade::reference {
namespace {

// Taps of a window within the padded input. With ceil_mode a window can reach beyond that too; no
// framework counts those taps. As double: their product over the axes could overflow.
double padded_taps(const WindowAxis& axis, std::int64_t window) {
  WindowAxis padded = axis;
  padded.pad_begin = 0;
  const IndexRange taps = padded.taps_inside(window, axis.pad_begin + axis.input + axis.pad_end);
  return static_cast<double>(taps.end - taps.begin);
}

}  // namespace

Types infer(const op::AveragePool& op, InferInputs in, std::size_t) {
  require_inputs(in, 1, 1);
  require_floating(in[0]);
  return {type_of(in[0].dtype, pooled_shape(op.window, in[0], op.ceil_mode))};
}

void compute(const op::AveragePool& op, In in, Out out) {
  const SpatialWindow window = pool_window(op.window, in[0].shape, op.ceil_mode);
  const std::vector<double> x = to_doubles(in[0]);
  const std::int64_t planes = in[0].shape.elements(0, 2);
  std::vector<double> y;
  for (std::int64_t p = 0; p < planes; ++p) {
    const double* plane = x.data() + p * window.inputs();
    y.clear();
    for_each_window(window, [&](std::int64_t od, std::int64_t oh, std::int64_t ow) {
      double sum = 0;
      double count = 0;
      for_each_tap(window, od, oh, ow, [&](std::int64_t d, std::int64_t h, std::int64_t w) {
        sum += plane[(d * window.height().input + h) * window.width().input + w];
        ++count;
      });
      if (op.count_include_pad) {
        count = padded_taps(window.depth(), od) * padded_taps(window.height(), oh) *
                padded_taps(window.width(), ow);
      }
      y.push_back(count == 0 ? 0 : sum / count);
    });
    store_doubles(y, out[0], p * window.outputs());
  }
}

}  // namespace colonnade::reference
