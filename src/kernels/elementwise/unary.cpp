#include <cmath>
#include <cstring>

#include "colonnade/error.hpp"
#include "kernels/elementwise/loops.hpp"
#include "kernels/elementwise/rules.hpp"
#include "kernels/integers.hpp"
#include "kernels/reference_ops.hpp"

namespace colonnade::reference {
namespace {

double real_value(op::UnaryKind kind, double x) {
  using enum op::UnaryKind;
  switch (kind) {
    case abs: return std::fabs(x);
    case neg: return -x;
    case exp: return std::exp(x);
    case log: return std::log(x);
    case sqrt: return std::sqrt(x);
    case sin: return std::sin(x);
    case cos: return std::cos(x);
    case tan: return std::tan(x);
    case asin: return std::asin(x);
    case acos: return std::acos(x);
    case atan: return std::atan(x);
    case sinh: return std::sinh(x);
    case cosh: return std::cosh(x);
    case tanh: return std::tanh(x);
    case asinh: return std::asinh(x);
    case acosh: return std::acosh(x);
    case atanh: return std::atanh(x);
    case erf: return std::erf(x);
    case sign: return x > 0 ? 1 : x < 0 ? -1 : x;  // NaN stays NaN.
    case reciprocal: return 1 / x;
    case floor: return std::floor(x);
    case ceil: return std::ceil(x);
    case round: return std::nearbyint(x);  // Half to even.
    case sigmoid: return 1 / (1 + std::exp(-x));
    case softplus: return x > 0 ? x + std::log1p(std::exp(-x)) : std::log1p(std::exp(x));
    case softsign: return x / (1 + std::fabs(x));
    case relu: return x < 0 ? 0 : x;  // NaN stays NaN.
    case logical_not:
    case identity:
    case is_nan: break;
  }
  throw Error(ErrorCode::internal, "this operator isn't a function of reals");
}

template <typename W>
W integer_value(op::UnaryKind kind, W x) {
  switch (kind) {
    case op::UnaryKind::abs: return x < 0 ? wrapping_neg(x) : x;
    case op::UnaryKind::neg: return wrapping_neg(x);
    case op::UnaryKind::sign: return static_cast<W>((x > 0) - (x < 0));
    case op::UnaryKind::relu: return x < 0 ? 0 : x;
    default: throw Error(ErrorCode::internal, "this operator isn't defined on integers");
  }
}

bool defined_on_integers(op::UnaryKind kind) {
  using enum op::UnaryKind;
  return kind == abs || kind == neg || kind == sign || kind == relu;
}

Types infer_float_map(InferInputs in) {
  require_inputs(in, 1, 1);
  require_floating(in[0]);
  return {type_of(in[0].dtype, in[0].shape)};
}

}  // namespace

Types infer(const op::Unary& op, InferInputs in, std::size_t) {
  require_inputs(in, 1, 1);
  DType result = in[0].dtype;
  if (op.kind == op::UnaryKind::logical_not) {
    require_bool(in[0]);
  } else if (op.kind == op::UnaryKind::is_nan) {
    require_floating(in[0]);
    result = DType::boolean;
  } else if (defined_on_integers(op.kind)) {
    require_number(in[0]);
  } else if (op.kind != op::UnaryKind::identity) {
    require_floating(in[0]);
  }
  return {type_of(result, in[0].shape)};
}

void compute(const op::Unary& op, In in, Out out) {
  const ConstTensorView& x = in[0];
  const TensorView& y = out[0];
  const std::int64_t count = y.shape.elements();
  if (op.kind == op::UnaryKind::identity) {
    if (count > 0) std::memcpy(y.data, x.data, static_cast<std::size_t>(count) * size_of(y.dtype));
    return;
  }
  dispatch(x.dtype, [&]<typename T>(TypeTag<T>) {
    if constexpr (std::is_same_v<T, bool>) {
      for (std::int64_t i = 0; i < count; ++i) y.as<bool>()[i] = !x.as<bool>()[i];
    } else if constexpr (std::is_integral_v<T>) {
      map_elements<T>(x, y, [&](Wide<T> v) { return integer_value(op.kind, v); });
    } else if (op.kind == op::UnaryKind::is_nan) {
      for (std::int64_t i = 0; i < count; ++i) {
        y.as<bool>()[i] = std::isnan(static_cast<double>(x.as<T>()[i]));
      }
    } else {
      map_elements<T>(x, y, [&](double v) { return real_value(op.kind, v); });
    }
  });
}

Types infer(const op::LeakyRelu&, InferInputs in, std::size_t) {
  return infer_float_map(in);
}

void compute(const op::LeakyRelu& op, In in, Out out) {
  map_floats(in[0], out[0], [&](double x) { return x < 0 ? op.alpha * x : x; });
}

Types infer(const op::Elu&, InferInputs in, std::size_t) {
  return infer_float_map(in);
}

void compute(const op::Elu& op, In in, Out out) {
  map_floats(in[0], out[0], [&](double x) { return x < 0 ? op.alpha * std::expm1(x) : x; });
}

Types infer(const op::HardSigmoid&, InferInputs in, std::size_t) {
  return infer_float_map(in);
}

void compute(const op::HardSigmoid& op, In in, Out out) {
  map_floats(in[0], out[0], [&](double x) {
    const double y = op.alpha * x + op.beta;
    return y < 0 ? 0 : y > 1 ? 1 : y;
  });
}

}  // namespace colonnade::reference
