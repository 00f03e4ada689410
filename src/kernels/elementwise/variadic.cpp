// Min, Max, Sum and Mean of any number of tensors, broadcast together.
#include <algorithm>
#include <vector>

#include "kernels/elementwise/loops.hpp"
#include "kernels/elementwise/rules.hpp"
#include "kernels/integers.hpp"
#include "kernels/reference_ops.hpp"

namespace colonnade::reference {
namespace {

template <typename W>
W join(op::VariadicKind kind, W so_far, W next) {
  switch (kind) {
    // Written so that a NaN on either side wins, as NumPy's minimum and maximum have it.
    case op::VariadicKind::min: return so_far != so_far || so_far < next ? so_far : next;
    case op::VariadicKind::max: return so_far != so_far || so_far > next ? so_far : next;
    case op::VariadicKind::sum:
    case op::VariadicKind::mean: break;
  }
  if constexpr (std::is_integral_v<W>) {
    return wrapping_add(so_far, next);
  } else {
    return so_far + next;
  }
}

template <typename T>
void join_all(op::VariadicKind kind, In in, const TensorView& y) {
  std::vector<Wide<T>> joined(static_cast<std::size_t>(y.shape.elements()));
  for (std::size_t k = 0; k < in.size(); ++k) {
    const T* x = in[k].as<T>();
    auto result = joined.begin();
    for (Odometer<1> at(y.shape, {broadcast_strides(in[k].shape, y.shape)}); !at.done();
         at.next(), ++result) {
      const auto value = static_cast<Wide<T>>(x[at.offset()]);
      *result = k == 0 ? value : join(kind, *result, value);
    }
  }
  const auto divisor = static_cast<Wide<T>>(kind == op::VariadicKind::mean ? in.size() : 1);
  for (std::size_t i = 0; i < joined.size(); ++i) {
    y.as<T>()[i] = static_cast<T>(joined[i] / divisor);
  }
}

}  // namespace

Types infer(const op::Variadic&, InferInputs in, std::size_t) {
  require_inputs(in, std::max<std::size_t>(1, in.size()), in.size());
  for (std::size_t i = 0; i < in.size(); ++i) {
    require_number(in[i]);
    require_same_type(in, 0, i);
  }
  return {type_of(in[0].dtype, broadcast_all(in))};
}

void compute(const op::Variadic& op, In in, Out out) {
  dispatch(out[0].dtype, [&]<typename T>(TypeTag<T>) { join_all<T>(op.kind, in, out[0]); });
}

}  // namespace colonnade::reference
