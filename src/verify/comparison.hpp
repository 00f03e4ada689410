// Two answers, held against each other.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "verify/box_match.hpp"
#include "verify/side.hpp"
#include "verify/tensor_error.hpp"

namespace colonnade {

struct ComparedTensor {
  std::string name, shape;
  TensorError error;
};

struct AnswerComparison {
  std::string question;
  std::vector<ComparedTensor> tensors;   ///< In the order of the data.
  std::vector<std::string> only_in_one;  ///< "'heatmap' (A)"
  std::optional<BoxMatch> boxes;

  bool fits() const noexcept;
  /// The first tensor outside of the tolerance; null: none.
  const ComparedTensor* first_outside() const noexcept;
};

/// Tensors are paired by name; where no name is in both, by position. Error(mismatch): that
/// pairs nothing.
AnswerComparison compare_answers(const std::string& question, const Answer& a, const Answer& b,
                                 const Tolerance& tolerance, double corners_within);

/// A table a question. `corners_within` for the sentence on boxes.
std::string to_text(const AnswerComparison& comparison, double corners_within);

struct ComparisonHead {
  std::string a, b, note;
  Tolerance tolerance;
  double corners_within;
};
/// All of it for programs, "schema": 1.
std::string to_json(const ComparisonHead& head, const std::vector<AnswerComparison>& comparisons);

}  // namespace colonnade
