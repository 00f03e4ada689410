#include "kernels/reference_ops.hpp"
#include "kernels/strides.hpp"
#include "kernels/type_rules.hpp"

namespace colonnade::reference {
namespace {

// Calls f(position) for every element that isn't zero; NaN isn't, -0.0 is.
template <typename F>
void for_each_non_zero(const ConstTensorView& x, F&& f) {
  dispatch(x.dtype, [&]<typename T>(TypeTag<T>) {
    for (Odometer<1> at(x.shape, {row_major_strides(x.shape)}); !at.done(); at.next()) {
      if (static_cast<Wide<T>>(x.as<T>()[at.offset()]) != 0) f(at);
    }
  });
}

}  // namespace

Types infer(const op::NonZero&, InferInputs in, std::size_t) {
  require_inputs(in, 1, 1);
  if (!in[0].shape) return {type_of(DType::i64, std::nullopt)};
  std::int64_t count = kUnknownDim;
  if (in[0].value) {
    count = 0;
    for_each_non_zero(*in[0].value, [&](const Odometer<1>&) { ++count; });
  }
  return {type_of(DType::i64, Shape{static_cast<std::int64_t>(in[0].shape->rank()), count})};
}

void compute(const op::NonZero&, In in, Out out) {
  const std::int64_t count = out[0].shape[1];
  std::int64_t column = 0;
  for_each_non_zero(in[0], [&](const Odometer<1>& at) {
    for (std::size_t axis = 0; axis < in[0].shape.rank(); ++axis) {
      out[0].as<std::int64_t>()[static_cast<std::int64_t>(axis) * count + column] = at.index(axis);
    }
    ++column;
  });
}

}  // namespace colonnade::reference
