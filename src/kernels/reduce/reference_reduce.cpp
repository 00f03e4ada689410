#include <algorithm>
#include <cmath>
#include <numeric>
#include <span>

#include "colonnade/error.hpp"
#include "kernels/integers.hpp"
#include "kernels/order.hpp"
#include "kernels/reference_ops.hpp"
#include "kernels/strides.hpp"
#include "kernels/type_rules.hpp"

namespace colonnade::reference {
namespace {

// `axes` as given, none of them meaning all unless the exporter asked for a no-op. A no-op reduces
// each element alone: ReduceLogSum then still takes the logarithm, as ONNX 20 made clear.
std::vector<std::size_t> reduced_axes(const op::Reduce& op, std::span<const std::int64_t> axes,
                                      std::size_t rank) {
  if (!axes.empty() || op.noop_with_empty_axes) return normalize_axes(axes, rank);
  std::vector<std::size_t> all(rank);
  std::iota(all.begin(), all.end(), 0);
  return all;
}

bool contains(const std::vector<std::size_t>& axes, std::size_t axis) {
  return std::find(axes.begin(), axes.end(), axis) != axes.end();
}

template <typename W>
W add(W a, W b) {
  if constexpr (std::is_integral_v<W>) return wrapping_add(a, b);
  return a + b;
}

template <typename W>
W multiply(W a, W b) {
  if constexpr (std::is_integral_v<W>) return wrapping_mul(a, b);
  return a * b;
}

template <typename W, typename F>
W sum_of(std::span<const W> x, F&& term) {
  W sum{0};
  for (const W value : x) sum = add(sum, term(value));
  return sum;
}

// For integers, a real number truncated.
template <typename W>
W from_real(double value) {
  if constexpr (std::is_integral_v<W>) return saturate_to<W>(value);
  return value;
}

template <typename W>
W magnitude(W value) {
  if constexpr (std::is_integral_v<W>) return value < 0 ? wrapping_sub(W{0}, value) : value;
  return std::fabs(value);
}

template <typename W>
W mean(std::span<const W> x) {
  const W sum = sum_of(x, [](W value) { return value; });
  if constexpr (std::is_integral_v<W>) return divide(sum, static_cast<W>(x.size()));
  return sum / static_cast<double>(x.size());
}

// The greatest term goes first, so that no other overflows.
template <typename W>
double log_sum_exp(std::span<const W> x) {
  double top = least<double>();
  for (const W value : x) top = std::max(top, static_cast<double>(value));
  if (std::isinf(top)) top = 0;  // inf - inf would be NaN; the sum is 0 or inf by itself.
  double sum = 0;
  for (const W value : x) sum += std::exp(static_cast<double>(value) - top);
  return top + std::log(sum);
}

template <typename T>
Wide<T> reduce(op::ReduceKind kind, std::span<const Wide<T>> x) {
  using W = Wide<T>;
  const auto self = [](W value) { return value; };
  const auto square = [](W value) { return multiply(value, value); };
  switch (kind) {
    case op::ReduceKind::max: {
      W best = least<T>();
      for (const W value : x) best = is_above(value, best) ? value : best;
      return best;
    }
    case op::ReduceKind::min: {
      W best = greatest<T>();
      for (const W value : x) best = is_below(value, best) ? value : best;
      return best;
    }
    case op::ReduceKind::sum: return sum_of(x, self);
    case op::ReduceKind::mean: return mean(x);
    case op::ReduceKind::prod: {
      W product{1};
      for (const W value : x) product = multiply(product, value);
      return product;
    }
    case op::ReduceKind::l1: return sum_of(x, [](W value) { return magnitude(value); });
    case op::ReduceKind::l2: return from_real<W>(std::sqrt(static_cast<double>(sum_of(x, square))));
    case op::ReduceKind::sum_square: return sum_of(x, square);
    case op::ReduceKind::log_sum:
      return from_real<W>(std::log(static_cast<double>(sum_of(x, self))));
    case op::ReduceKind::log_sum_exp: return from_real<W>(log_sum_exp(x));
  }
  throw Error(ErrorCode::internal, "unknown kind of reduction");
}

}  // namespace

Types infer(const op::Reduce& op, InferInputs in, std::size_t) {
  require_inputs(in, 1, 2);
  const DType dtype = in[0].dtype;
  if (!in[0].shape) return {type_of(dtype, std::nullopt)};
  const Shape& x = *in[0].shape;
  std::vector<std::int64_t> axes;
  if (is_given(in, 1)) {
    const auto known = known_integers(in[1]);
    if (!known) {
      if (op.keep_dims) return {type_of(dtype, unknown_dims(x.rank()))};
      const auto count = known_length(in[1]);
      if (!count || *count == 0 || *count > x.rank()) return {type_of(dtype, std::nullopt)};
      return {type_of(dtype, unknown_dims(x.rank() - *count))};
    }
    axes = *known;
  }
  const std::vector<std::size_t> reduced = reduced_axes(op, axes, x.rank());
  Shape shape;
  for (std::size_t axis = 0; axis < x.rank(); ++axis) {
    if (!contains(reduced, axis)) {
      shape.push_back(x[axis]);
    } else if (op.keep_dims) {
      shape.push_back(1);
    }
  }
  return {type_of(dtype, shape)};
}

void compute(const op::Reduce& op, In in, Out out) {
  const Shape& x = in[0].shape;
  const std::vector<std::int64_t> axes =
      is_given(in, 1) ? to_int64(in[1]) : std::vector<std::int64_t>{};
  const std::vector<std::size_t> reduced = reduced_axes(op, axes, x.rank());
  Shape kept_dims = x, reduced_dims = x;
  for (std::size_t axis = 0; axis < x.rank(); ++axis) {
    (contains(reduced, axis) ? kept_dims : reduced_dims)[axis] = 1;
  }
  const Strides strides = row_major_strides(x);
  dispatch(in[0].dtype, [&]<typename T>(TypeTag<T>) {
    std::vector<Wide<T>> values;
    T* y = out[0].as<T>();
    for (Odometer<1> kept(kept_dims, {strides}); !kept.done(); kept.next()) {
      values.clear();
      for (Odometer<1> at(reduced_dims, {strides}, {kept.offset()}); !at.done(); at.next()) {
        values.push_back(static_cast<Wide<T>>(in[0].as<T>()[at.offset()]));
      }
      *y++ = static_cast<T>(reduce<T>(op.kind, std::span<const Wide<T>>(values)));
    }
  });
}

}  // namespace colonnade::reference
