#include <fmt/core.h>

#include <cmath>

#include "colonnade/error.hpp"
#include "kernels/elementwise/rules.hpp"
#include "kernels/reference_ops.hpp"
#include "kernels/type_rules.hpp"
#include "kernels/widen.hpp"

namespace colonnade::reference {

Types infer(const op::BatchNorm&, InferInputs in, std::size_t) {
  require_inputs(in, 5, 5);
  require_floating(in[0]);
  if (in[0].shape) {
    const Shape& x = *in[0].shape;
    if (x.rank() == 0) throw Error(ErrorCode::mismatch, "expected an input [N,C,...], found []");
    const std::int64_t channels = x.rank() == 1 ? 1 : x[1];  // [N] has one channel, as ONNX says.
    for (std::size_t i = 1; i < 5; ++i) {
      if (!in[i].shape) continue;
      const Shape& shape = *in[i].shape;
      if (shape.rank() != 1 || (shape[0] >= 0 && channels >= 0 && shape[0] != channels)) {
        throw Error(ErrorCode::mismatch,
                    fmt::format("input {} of shape {} must hold one value a channel of {}", i,
                                shape.to_string(), x.to_string()));
      }
    }
  }
  return {type_of(in[0].dtype, in[0].shape)};
}

void compute(const op::BatchNorm& op, In in, Out out) {
  const Shape& shape = in[0].shape;
  std::vector<double> values = to_doubles(in[0]);
  const std::vector<double> scale = to_doubles(in[1]), bias = to_doubles(in[2]);
  const std::vector<double> mean = to_doubles(in[3]), variance = to_doubles(in[4]);
  const std::int64_t inner = shape.rank() > 2 ? shape.elements(2, shape.rank()) : 1;
  std::size_t i = 0;
  for (std::int64_t n = 0; n < shape[0]; ++n) {
    for (std::size_t c = 0; c < scale.size(); ++c) {
      const double factor = scale[c] / std::sqrt(variance[c] + static_cast<double>(op.epsilon));
      for (std::int64_t s = 0; s < inner; ++s, ++i) {
        values[i] = (values[i] - mean[c]) * factor + bias[c];
      }
    }
  }
  store_doubles(values, out[0]);
}

}  // namespace colonnade::reference
