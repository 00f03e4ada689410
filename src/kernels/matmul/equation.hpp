// Einsum's notation: "bij,bjk->bik", "...ii->...i", "ij,jk".
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/shape.hpp"

namespace colonnade {

/// Labels are small integers: one for each letter, then one for each dim that "..." stands for.
using Label = std::size_t;
using Term = std::vector<Label>;

/// An equation resolved for operands of known ranks.
struct EinsumEquation {
  std::vector<Term> operands;  ///< The label of each operand's each dim.
  Term output;
  Term summed;  ///< Labels that the output lacks.
  std::size_t labels = 0;

  /// Extent of each label; kUnknownDim where no operand tells. Error(mismatch) where two differ.
  std::vector<std::int64_t> extents(std::span<const Shape> shapes) const;
};

/// Error(mismatch) says what in the equation can't be meant.
EinsumEquation parse_equation(const std::string& text, std::span<const std::size_t> ranks);

}  // namespace colonnade
