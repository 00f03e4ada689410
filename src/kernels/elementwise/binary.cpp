#include <cmath>

#include "colonnade/error.hpp"
#include "kernels/elementwise/loops.hpp"
#include "kernels/elementwise/rules.hpp"
#include "kernels/integers.hpp"
#include "kernels/reference_ops.hpp"

namespace colonnade::reference {
namespace {

using op::BinaryKind;

bool is_logical(BinaryKind kind) {
  return kind >= BinaryKind::logical_and;
}

bool is_comparison(BinaryKind kind) {
  return kind >= BinaryKind::equal && kind <= BinaryKind::greater_equal;
}

double arithmetic(BinaryKind kind, double a, double b) {
  switch (kind) {
    case BinaryKind::add: return a + b;
    case BinaryKind::sub: return a - b;
    case BinaryKind::mul: return a * b;
    case BinaryKind::div: return a / b;
    case BinaryKind::mod: {
      const double r = std::fmod(a, b);
      return r != 0 && (r < 0) != (b < 0) ? r + b : r;
    }
    case BinaryKind::fmod: return std::fmod(a, b);
    case BinaryKind::prelu: return a < 0 ? a * b : a;
    default: throw Error(ErrorCode::internal, "not an arithmetic operator");
  }
}

template <typename W>
W arithmetic(BinaryKind kind, W a, W b) {
  switch (kind) {
    case BinaryKind::add: return wrapping_add(a, b);
    case BinaryKind::sub: return wrapping_sub(a, b);
    case BinaryKind::mul: return wrapping_mul(a, b);
    case BinaryKind::div: return divide(a, b);
    case BinaryKind::mod: return modulo(a, b);
    case BinaryKind::fmod: return remainder(a, b);
    case BinaryKind::prelu: return a < 0 ? wrapping_mul(a, b) : a;
    default: throw Error(ErrorCode::internal, "not an arithmetic operator");
  }
}

template <typename W>
bool compare(BinaryKind kind, W a, W b) {
  switch (kind) {
    case BinaryKind::equal: return a == b;
    case BinaryKind::less: return a < b;
    case BinaryKind::less_equal: return a <= b;
    case BinaryKind::greater: return a > b;
    case BinaryKind::greater_equal: return a >= b;
    default: throw Error(ErrorCode::internal, "not a comparison");
  }
}

bool combine(BinaryKind kind, bool a, bool b) {
  switch (kind) {
    case BinaryKind::logical_and: return a && b;
    case BinaryKind::logical_or: return a || b;
    case BinaryKind::logical_xor: return a != b;
    default: throw Error(ErrorCode::internal, "not a logical operator");
  }
}

/// base^exponent as a value of T: exact on integers, through double where either is real.
template <typename T, typename E>
Wide<T> raise(Wide<T> base, Wide<E> exponent) {
  if constexpr (!std::is_integral_v<T>) {
    return std::pow(base, static_cast<double>(exponent));
  } else if constexpr (!std::is_integral_v<E>) {
    return saturate_to<T>(std::pow(static_cast<double>(base), exponent));
  } else {
    return power(base, exponent);
  }
}

void compute_power(const ConstTensorView& base, const ConstTensorView& exponent,
                   const TensorView& y) {
  dispatch(base.dtype, [&]<typename T>(TypeTag<T>) {
    dispatch(exponent.dtype, [&]<typename E>(TypeTag<E>) {
      if constexpr (!std::is_same_v<T, bool> && !std::is_same_v<E, bool>) {
        zip_elements<T, E, T>(base, exponent, y, raise<T, E>);
      }
    });
  });
}

}  // namespace

Types infer(const op::Binary& op, InferInputs in, std::size_t) {
  require_inputs(in, 2, 2);
  // Pow's exponent may have a type of its own (since opset 12).
  if (op.kind != BinaryKind::pow) require_same_type(in, 0, 1);
  for (const TypeInfo& input : in) {
    if (is_logical(op.kind)) {
      require_bool(input);
    } else if (op.kind != BinaryKind::equal) {
      require_number(input);
    }
  }
  const std::optional<Shape> shape = broadcast_all(in);
  if (op.kind == BinaryKind::prelu && shape && in[0].shape->is_static() && *shape != *in[0].shape) {
    throw Error(ErrorCode::mismatch, "a slope of shape " + in[1].shape->to_string() +
                                         " doesn't fit x of shape " + in[0].shape->to_string());
  }
  const bool gives_bool = is_logical(op.kind) || is_comparison(op.kind);
  return {type_of(gives_bool ? DType::boolean : in[0].dtype, shape)};
}

void compute(const op::Binary& op, In in, Out out) {
  const ConstTensorView& a = in[0];
  const ConstTensorView& b = in[1];
  const TensorView& y = out[0];
  if (op.kind == BinaryKind::pow) return compute_power(a, b, y);
  if (is_logical(op.kind)) {
    return zip_elements<bool, bool, bool>(a, b, y,
                                          [&](bool p, bool q) { return combine(op.kind, p, q); });
  }
  dispatch(a.dtype, [&]<typename T>(TypeTag<T>) {
    if (is_comparison(op.kind)) {
      zip_elements<T, T, bool>(a, b, y,
                               [&](Wide<T> p, Wide<T> q) { return compare(op.kind, p, q); });
    } else {
      zip_elements<T, T, T>(a, b, y,
                            [&](Wide<T> p, Wide<T> q) { return arithmetic(op.kind, p, q); });
    }
  });
}

}  // namespace colonnade::reference
