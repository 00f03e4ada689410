#include <fmt/core.h>

#include "colonnade/error.hpp"
#include "kernels/elementwise/rules.hpp"
#include "kernels/matmul/product.hpp"
#include "kernels/reference_ops.hpp"
#include "kernels/strides.hpp"
#include "kernels/type_rules.hpp"
#include "kernels/widen.hpp"

namespace colonnade::reference {
namespace {

struct GemmSizes {
  std::int64_t rows = 0, depth = 0, columns = 0;
};

GemmSizes sizes_of(const op::Gemm& op, const Shape& a, const Shape& b) {
  if (a.rank() != 2 || b.rank() != 2) {
    throw Error(ErrorCode::mismatch, fmt::format("expected two matrices, found {} and {}",
                                                 a.to_string(), b.to_string()));
  }
  const GemmSizes sizes{a[op.trans_a ? 1 : 0], a[op.trans_a ? 0 : 1], b[op.trans_b ? 0 : 1]};
  const std::int64_t b_rows = b[op.trans_b ? 1 : 0];
  if (sizes.depth >= 0 && b_rows >= 0 && sizes.depth != b_rows) {
    throw Error(ErrorCode::mismatch,
                fmt::format("{}{} by {}{} can't be multiplied: {} columns meet {} rows",
                            a.to_string(), op.trans_a ? "^T" : "", b.to_string(),
                            op.trans_b ? "^T" : "", sizes.depth, b_rows));
  }
  return sizes;
}

// A factor of 1 leaves integers alone, however large.
template <typename W>
W scaled(float factor, W value) {
  if constexpr (std::is_integral_v<W>) {
    if (factor == 1) return value;
    return saturate_to<W>(static_cast<double>(factor) * static_cast<double>(value));
  } else {
    return static_cast<double>(factor) * value;
  }
}

}  // namespace

Types infer(const op::Gemm& op, InferInputs in, std::size_t) {
  require_inputs(in, 2, 3);
  require_same_type(in, 0, 1);
  require_number(in[0]);
  if (is_given(in, 2)) require_same_type(in, 0, 2);
  if (!in[0].shape || !in[1].shape) return {type_of(in[0].dtype, std::nullopt)};
  const GemmSizes sizes = sizes_of(op, *in[0].shape, *in[1].shape);
  const Shape shape{sizes.rows, sizes.columns};
  if (is_given(in, 2) && in[2].shape && in[2].shape->is_static() && shape.is_static() &&
      broadcast(*in[2].shape, shape) != shape) {
    throw Error(ErrorCode::mismatch, fmt::format("c of shape {} can't be broadcast to {}",
                                                 in[2].shape->to_string(), shape.to_string()));
  }
  return {type_of(in[0].dtype, shape)};
}

void compute(const op::Gemm& op, In in, Out out) {
  const GemmSizes sizes = sizes_of(op, in[0].shape, in[1].shape);
  // beta 0 means "without c", even a c that holds NaN: SmallMunich's exports have it so.
  const bool with_c = is_given(in, 2) && op.beta != 0;
  const Strides c_strides = with_c ? broadcast_strides(in[2].shape, out[0].shape) : Strides{};
  dispatch(out[0].dtype, [&]<typename T>(TypeTag<T>) {
    using W = Wide<T>;
    const auto a = widen<T>(in[0]);
    const auto b = widen<T>(in[1]);
    const Matrix<W> left =
        op.trans_a ? Matrix<W>{a.data(), 1, sizes.rows} : Matrix<W>{a.data(), sizes.depth, 1};
    const Matrix<W> right =
        op.trans_b ? Matrix<W>{b.data(), 1, sizes.depth} : Matrix<W>{b.data(), sizes.columns, 1};
    std::vector<W> row(static_cast<std::size_t>(sizes.columns));
    T* y = out[0].as<T>();
    for (std::int64_t i = 0; i < sizes.rows; ++i) {
      product_row(left, right, i, sizes.depth, row);
      for (std::int64_t j = 0; j < sizes.columns; ++j) {
        W value = scaled(op.alpha, row[static_cast<std::size_t>(j)]);
        if (with_c) {
          const T c = in[2].as<T>()[i * c_strides[0] + j * c_strides[1]];
          value = multiply_add(value, scaled(op.beta, static_cast<W>(c)), W{1});
        }
        *y++ = static_cast<T>(value);
      }
    }
  });
}

}  // namespace colonnade::reference
