// Operators that choose values: Where, Clip, Dropout (which, in inference, keeps all).
#include <algorithm>
#include <cstring>

#include "kernels/elementwise/loops.hpp"
#include "kernels/elementwise/rules.hpp"
#include "kernels/reference_ops.hpp"

namespace colonnade::reference {
namespace {

/// Bound `i` of Clip: absent, or present but empty (old converters write it so), means none.
bool has_bound(In in, std::size_t i) {
  return is_given(in, i) && in[i].shape.elements() > 0;
}

}  // namespace

Types infer(const op::Where&, InferInputs in, std::size_t) {
  require_inputs(in, 3, 3);
  require_bool(in[0]);
  require_same_type(in, 1, 2);
  return {type_of(in[1].dtype, broadcast_all(in))};
}

void compute(const op::Where&, In in, Out out) {
  const TensorView& y = out[0];
  dispatch(y.dtype, [&]<typename T>(TypeTag<T>) {
    T* result = y.as<T>();
    for (Odometer<3> at(y.shape, {broadcast_strides(in[0].shape, y.shape),
                                  broadcast_strides(in[1].shape, y.shape),
                                  broadcast_strides(in[2].shape, y.shape)});
         !at.done(); at.next()) {
      *result++ = in[0].as<bool>()[at.offset(0)] ? in[1].as<T>()[at.offset(1)]
                                                 : in[2].as<T>()[at.offset(2)];
    }
  });
}

Types infer(const op::Clip&, InferInputs in, std::size_t) {
  require_inputs(in, 1, 3);
  require_number(in[0]);
  for (std::size_t i = 1; i < in.size(); ++i) {
    if (in[i].present) require_same_type(in, 0, i);
  }
  return {type_of(in[0].dtype, in[0].shape)};
}

void compute(const op::Clip&, In in, Out out) {
  dispatch(out[0].dtype, [&]<typename T>(TypeTag<T>) {
    using W = Wide<T>;
    const bool has_min = has_bound(in, 1);
    const bool has_max = has_bound(in, 2);
    const W min = has_min ? static_cast<W>(in[1].as<T>()[0]) : W{};
    const W max = has_max ? static_cast<W>(in[2].as<T>()[0]) : W{};
    // NaN stays NaN; where min > max, max wins (ONNX: "all set to max").
    map_elements<T>(in[0], out[0], [&](W x) {
      if (has_min && x < min) x = min;
      if (has_max && x > max) x = max;
      return x;
    });
  });
}

Types infer(const op::Dropout&, InferInputs in, std::size_t outputs) {
  require_inputs(in, 1, 3);
  Types types{type_of(in[0].dtype, in[0].shape)};
  if (outputs > 1) types.push_back(type_of(DType::boolean, in[0].shape));
  return types;
}

void compute(const op::Dropout&, In in, Out out) {
  const auto count = static_cast<std::size_t>(in[0].shape.elements());
  if (count == 0) return;
  if (out[0].data != nullptr) std::memcpy(out[0].data, in[0].data, count * size_of(in[0].dtype));
  if (out.size() > 1 && out[1].data != nullptr) std::fill_n(out[1].as<bool>(), count, true);
}

}  // namespace colonnade::reference
