#include <fmt/core.h>

#include "colonnade/error.hpp"
#include "kernels/reference_ops.hpp"
#include "kernels/shape/copy.hpp"
#include "kernels/type_rules.hpp"

namespace colonnade::reference {
namespace {

/// Input axis of each output axis.
std::vector<std::size_t> permutation(const op::Transpose& op, std::size_t rank) {
  if (op.perm.empty()) {
    std::vector<std::size_t> reversed(rank);
    for (std::size_t i = 0; i < rank; ++i) reversed[i] = rank - 1 - i;
    return reversed;
  }
  if (op.perm.size() != rank) {
    throw Error(ErrorCode::mismatch, fmt::format("a permutation of {} axes doesn't fit a tensor "
                                                 "of {} dimensions",
                                                 op.perm.size(), rank));
  }
  return normalize_axes(op.perm, rank);
}

}  // namespace

Types infer(const op::Transpose& op, InferInputs in, std::size_t) {
  require_inputs(in, 1, 1);
  if (!in[0].shape) {
    const bool rank_known = !op.perm.empty();
    return {type_of(in[0].dtype,
                    rank_known ? std::optional(unknown_dims(op.perm.size())) : std::nullopt)};
  }
  Shape y;
  for (const std::size_t axis : permutation(op, in[0].shape->rank())) {
    y.push_back((*in[0].shape)[axis]);
  }
  return {type_of(in[0].dtype, y)};
}

void compute(const op::Transpose& op, In in, Out out) {
  const Shape& x = in[0].shape;
  const Strides own = row_major_strides(x);
  StridedPlace read;
  const std::vector<std::size_t> perm = permutation(op, x.rank());
  for (std::size_t i = 0; i < perm.size(); ++i) read.strides[i] = own[perm[i]];
  copy_strided(out[0].shape, size_of(out[0].dtype), in[0].data, read, out[0].data,
               whole(out[0].shape));
}

}  // namespace colonnade::reference
