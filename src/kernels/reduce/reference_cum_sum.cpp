#include <fmt/core.h>

#include "colonnade/error.hpp"
#include "kernels/elementwise/rules.hpp"
#include "kernels/integers.hpp"
#include "kernels/reduce/axis_view.hpp"
#include "kernels/reference_ops.hpp"
#include "kernels/type_rules.hpp"

namespace colonnade::reference {
namespace {

std::size_t axis_from(const std::vector<std::int64_t>& values, std::size_t rank) {
  if (values.size() != 1) {
    throw Error(ErrorCode::mismatch, fmt::format("expected one axis, found {}", values.size()));
  }
  return normalize_axis(values.front(), rank);
}

}  // namespace

Types infer(const op::CumSum&, InferInputs in, std::size_t) {
  require_inputs(in, 2, 2);
  require_number(in[0]);
  const auto axis = known_integers(in[1]);
  if (axis && in[0].shape) axis_from(*axis, in[0].shape->rank());
  return {type_of(in[0].dtype, in[0].shape)};
}

void compute(const op::CumSum& op, In in, Out out) {
  const AxisView view(in[0].shape, axis_from(to_int64(in[1]), in[0].shape.rank()));
  dispatch(in[0].dtype, [&]<typename T>(TypeTag<T>) {
    view.for_each_line([&](std::int64_t o, std::int64_t n) {
      Wide<T> sum{0};
      for (std::int64_t step = 0; step < view.length; ++step) {
        const std::int64_t i = op.reverse ? view.length - 1 - step : step;
        const auto value = static_cast<Wide<T>>(in[0].as<T>()[view.offset(o, i, n)]);
        const Wide<T> before = sum;
        if constexpr (std::is_integral_v<Wide<T>>) {
          sum = wrapping_add(sum, value);
        } else {
          sum += value;
        }
        out[0].as<T>()[view.offset(o, i, n)] = static_cast<T>(op.exclusive ? before : sum);
      }
    });
  });
}

}  // namespace colonnade::reference
