#include <fmt/core.h>

#include <cstring>

#include "colonnade/error.hpp"
#include "kernels/index/bounds.hpp"
#include "kernels/index/element_rules.hpp"
#include "kernels/reference_ops.hpp"
#include "kernels/strides.hpp"
#include "kernels/type_rules.hpp"

namespace colonnade::reference {

Types infer(const op::Gather& op, InferInputs in, std::size_t) {
  require_inputs(in, 2, 2);
  require_indices(in[1]);
  if (!in[0].shape || !in[1].shape) return {type_of(in[0].dtype, std::nullopt)};
  const Shape& x = *in[0].shape;
  const std::size_t axis = normalize_axis(op.axis, x.rank());
  Shape shape(std::span(x.begin(), axis));
  for (const std::int64_t dim : *in[1].shape) shape.push_back(dim);
  for (std::size_t i = axis + 1; i < x.rank(); ++i) shape.push_back(x[i]);
  return {type_of(in[0].dtype, shape)};
}

void compute(const op::Gather& op, In in, Out out) {
  const Shape& x = in[0].shape;
  const std::size_t axis = normalize_axis(op.axis, x.rank());
  const std::int64_t outer = x.elements(0, axis);
  const std::size_t bytes =
      static_cast<std::size_t>(x.elements(axis + 1, x.rank())) * size_of(in[0].dtype);
  std::vector<std::int64_t> indices = to_int64(in[1]);
  for (std::int64_t& index : indices) index = checked_index(index, x[axis], axis);
  if (bytes == 0) return;
  auto* y = out[0].as<std::byte>();
  for (std::int64_t o = 0; o < outer; ++o) {
    for (const std::int64_t index : indices) {
      const auto block = static_cast<std::size_t>(o * x[axis] + index);
      std::memcpy(y, in[0].as<std::byte>() + block * bytes, bytes);
      y += bytes;
    }
  }
}

Types infer(const op::GatherElements& op, InferInputs in, std::size_t) {
  require_inputs(in, 2, 2);
  require_indices(in[1]);
  if (in[0].shape && in[1].shape) require_elements_fit(op.axis, *in[0].shape, *in[1].shape);
  return {type_of(in[0].dtype, in[1].shape)};
}

void compute(const op::GatherElements& op, In in, Out out) {
  const Shape& x = in[0].shape;
  const std::vector<std::int64_t> indices = to_int64(in[1]);
  if (indices.empty()) return;
  const std::size_t axis = normalize_axis(op.axis, x.rank());
  Strides strides = row_major_strides(x);
  const std::int64_t step = strides[axis];
  strides[axis] = 0;  // The index takes its place.
  const std::size_t size = size_of(in[0].dtype);
  std::size_t i = 0;
  for (Odometer<1> at(in[1].shape, {strides}); !at.done(); at.next(), ++i) {
    const std::int64_t from = at.offset() + step * checked_index(indices[i], x[axis], axis);
    std::memcpy(out[0].as<std::byte>() + i * size,
                in[0].as<std::byte>() + static_cast<std::size_t>(from) * size, size);
  }
}

Types infer(const op::GatherND& op, InferInputs in, std::size_t) {
  require_inputs(in, 2, 2);
  require_indices(in[1]);
  if (!in[0].shape || !in[1].shape) return {type_of(in[0].dtype, std::nullopt)};
  const Shape& x = *in[0].shape;
  const Shape& indices = *in[1].shape;
  if (op.batch_dims < 0 || op.batch_dims >= static_cast<std::int64_t>(x.rank()) ||
      op.batch_dims >= static_cast<std::int64_t>(indices.rank())) {
    throw Error(ErrorCode::mismatch,
                fmt::format("batch_dims is {}, expected less than the dimensions of {} and {}",
                            op.batch_dims, x.to_string(), indices.to_string()));
  }
  const auto batch = static_cast<std::size_t>(op.batch_dims);
  for (std::size_t i = 0; i < batch; ++i) {
    if (x[i] >= 0 && indices[i] >= 0 && x[i] != indices[i]) {
      throw Error(ErrorCode::mismatch, fmt::format("the first {} dimensions of {} and {} differ",
                                                   batch, x.to_string(), indices.to_string()));
    }
  }
  const std::int64_t depth = indices[indices.rank() - 1];
  if (depth == kUnknownDim) return {type_of(in[0].dtype, std::nullopt)};
  require_depth(depth, x.rank() - batch, indices);
  Shape shape(std::span(indices.begin(), indices.rank() - 1));
  for (std::size_t i = batch + static_cast<std::size_t>(depth); i < x.rank(); ++i) {
    shape.push_back(x[i]);
  }
  return {type_of(in[0].dtype, shape)};
}

void compute(const op::GatherND& op, In in, Out out) {
  const Shape& x = in[0].shape;
  const Shape& shape = in[1].shape;
  const auto batch = static_cast<std::size_t>(op.batch_dims);
  const auto depth = static_cast<std::size_t>(shape[shape.rank() - 1]);
  const std::vector<std::int64_t> indices = to_int64(in[1]);
  const std::size_t bytes =
      static_cast<std::size_t>(x.elements(batch + depth, x.rank())) * size_of(in[0].dtype);
  if (out[0].shape.elements() == 0) return;
  const std::int64_t batches = shape.elements(0, batch);
  const std::int64_t tuples = shape.elements(batch, shape.rank() - 1);
  auto* y = out[0].as<std::byte>();
  for (std::int64_t t = 0; t < batches * tuples; ++t) {
    const std::int64_t* tuple = indices.data() + t * static_cast<std::int64_t>(depth);
    std::int64_t block = t / tuples;
    for (std::size_t k = 0; k < depth; ++k) {
      block = block * x[batch + k] + checked_index(tuple[k], x[batch + k], batch + k);
    }
    std::memcpy(y, in[0].as<std::byte>() + static_cast<std::size_t>(block) * bytes, bytes);
    y += bytes;
  }
}

}  // namespace colonnade::reference
