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

// NumPy's view of the operands: 1-d ones become a row and a column, whose dim leaves the result.
struct Operands {
  Shape a, b;              // At least 2-d.
  Shape a_batch, b_batch;  // All but the last two dims.
};

Shape leading(const Shape& shape) {
  return Shape(std::span(shape.begin(), shape.rank() - 2));
}

Operands operands_of(const Shape& a, const Shape& b) {
  if (a.rank() == 0 || b.rank() == 0) {
    throw Error(ErrorCode::mismatch,
                fmt::format("scalars can't be multiplied as matrices: {} by {}", a.to_string(),
                            b.to_string()));
  }
  Operands result{a, b, {}, {}};
  if (a.rank() == 1) result.a = {1, a[0]};
  if (b.rank() == 1) result.b = {b[0], 1};
  const std::int64_t columns = result.a[result.a.rank() - 1];
  const std::int64_t rows = result.b[result.b.rank() - 2];
  if (columns >= 0 && rows >= 0 && columns != rows) {
    throw Error(ErrorCode::mismatch,
                fmt::format("{} by {} can't be multiplied: {} columns meet {} rows", a.to_string(),
                            b.to_string(), columns, rows));
  }
  result.a_batch = leading(result.a);
  result.b_batch = leading(result.b);
  return result;
}

}  // namespace

Types infer(const op::MatMul&, InferInputs in, std::size_t) {
  require_inputs(in, 2, 2);
  require_same_type(in, 0, 1);
  require_number(in[0]);
  if (!in[0].shape || !in[1].shape) return {type_of(in[0].dtype, std::nullopt)};
  const Operands o = operands_of(*in[0].shape, *in[1].shape);
  Shape shape = broadcast(o.a_batch, o.b_batch);
  if (in[0].shape->rank() > 1) shape.push_back(o.a[o.a.rank() - 2]);
  if (in[1].shape->rank() > 1) shape.push_back(o.b[o.b.rank() - 1]);
  return {type_of(in[0].dtype, shape)};
}

void compute(const op::MatMul&, In in, Out out) {
  if (out[0].shape.elements() == 0) return;  // Its other dims may be of any size.
  const Operands o = operands_of(in[0].shape, in[1].shape);
  const std::int64_t rows = o.a[o.a.rank() - 2];
  const std::int64_t depth = o.a[o.a.rank() - 1];
  const std::int64_t columns = o.b[o.b.rank() - 1];
  const Shape batch = broadcast(o.a_batch, o.b_batch);
  dispatch(out[0].dtype, [&]<typename T>(TypeTag<T>) {
    const auto a = widen<T>(in[0]);
    const auto b = widen<T>(in[1]);
    std::vector<Wide<T>> row(static_cast<std::size_t>(columns));
    T* y = out[0].as<T>();
    for (Odometer<2> at(batch,
                        {broadcast_strides(o.a_batch, batch), broadcast_strides(o.b_batch, batch)});
         !at.done(); at.next()) {
      const Matrix<Wide<T>> left{a.data() + at.offset(0) * rows * depth, depth, 1};
      const Matrix<Wide<T>> right{b.data() + at.offset(1) * depth * columns, columns, 1};
      for (std::int64_t i = 0; i < rows; ++i) {
        product_row(left, right, i, depth, row);
        for (const Wide<T> value : row) *y++ = static_cast<T>(value);
      }
    }
  });
}

}  // namespace colonnade::reference
