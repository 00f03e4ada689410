// Type rules of operators that are led by an input of indices.
#pragma once

#include "kernels/type_rules.hpp"

namespace colonnade::reference {

/// Error(mismatch) unless the input holds integers.
void require_indices(const TypeInfo& indices);

/// GatherElements, ScatterElements: as many dims, none larger than x's but along the axis.
void require_elements_fit(std::int64_t axis, const Shape& x, const Shape& indices);

/// GatherND, ScatterND: the last dim of `indices` counts the dims, of `rank`, that they index.
void require_depth(std::int64_t depth, std::size_t rank, const Shape& indices);

}  // namespace colonnade::reference
