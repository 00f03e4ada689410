#include "kernels/matmul/equation.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <string_view>

#include "colonnade/error.hpp"

namespace colonnade {
namespace {

constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
// Labels of "..." follow the letters; the last dim that it stands for is label kEllipsisEnd - 1, so
// that ellipses of different lengths align at their ends, as in broadcasting.
constexpr Label kEllipsisBegin = kLetters.size();
constexpr Label kEllipsisEnd = kEllipsisBegin + kMaxRank;

class Parser {
 public:
  explicit Parser(const std::string& text) : text_(text) {
    std::string compact = text;
    compact.erase(std::remove(compact.begin(), compact.end(), ' '), compact.end());
    const std::size_t arrow = compact.find("->");
    std::string left = compact.substr(0, arrow);
    if (arrow != std::string::npos) {
      has_output_ = true;
      output_ = compact.substr(arrow + 2);
    }
    for (std::size_t begin = 0; begin <= left.size();) {
      const std::size_t comma = std::min(left.find(',', begin), left.size());
      operands_.push_back(left.substr(begin, comma - begin));
      begin = comma + 1;
    }
  }

  EinsumEquation resolve(std::span<const std::size_t> ranks) {
    if (operands_.size() != ranks.size()) {
      fail(fmt::format("has {} terms for {} inputs", operands_.size(), ranks.size()));
    }
    EinsumEquation result;
    result.labels = kEllipsisEnd;
    for (std::size_t i = 0; i < ranks.size(); ++i) {
      const std::size_t letters = count_letters(operands_[i]);
      const bool open = operands_[i].find("...") != std::string::npos;
      if (letters > ranks[i] || (!open && letters != ranks[i])) {
        fail(fmt::format("has the term '{}' for input {} of {} dimensions", operands_[i], i,
                         ranks[i]));
      }
      result.operands.push_back(term_of(operands_[i], ranks[i] - letters));
      ellipsis_ = std::max(ellipsis_, ranks[i] - letters);
    }
    result.output = has_output_ ? explicit_output(result) : implicit_output(result);
    result.summed = labels_without(result);
    return result;
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    throw Error(ErrorCode::mismatch, fmt::format("the equation '{}' {}", text_, what));
  }

  static std::size_t count_letters(std::string_view term) {
    return static_cast<std::size_t>(std::count_if(term.begin(), term.end(), [](char c) {
      return kLetters.find(c) != std::string_view::npos;
    }));
  }

  Term term_of(std::string_view term, std::size_t ellipsis) const {
    Term labels;
    bool seen = false;
    for (std::size_t i = 0; i < term.size(); ++i) {
      const std::size_t letter = kLetters.find(term[i]);
      if (letter != std::string_view::npos) {
        labels.push_back(letter);
      } else if (term.substr(i, 3) == "..." && !seen) {
        seen = true;
        for (std::size_t k = ellipsis; k > 0; --k) labels.push_back(kEllipsisEnd - k);
        i += 2;
      } else {
        fail(fmt::format("has the term '{}', expected letters and at most one '...'", term));
      }
    }
    return labels;
  }

  Term explicit_output(const EinsumEquation& equation) const {
    const bool open = output_.find("...") != std::string::npos;
    Term output = term_of(output_, open ? ellipsis_ : 0);
    for (const Label label : output) {
      if (std::count(output.begin(), output.end(), label) > 1) {
        fail(fmt::format("repeats a letter in its output '{}'", output_));
      }
      const bool known = std::any_of(
          equation.operands.begin(), equation.operands.end(),
          [&](const Term& t) { return std::find(t.begin(), t.end(), label) != t.end(); });
      if (!known) fail(fmt::format("has an output '{}' with a letter that no input has", output_));
    }
    return output;
  }

  // The dims of "...", then each letter that occurs once, in the order of their codes.
  Term implicit_output(const EinsumEquation& equation) const {
    std::vector<std::size_t> uses(kEllipsisEnd);
    for (const Term& term : equation.operands) {
      for (const Label label : term) ++uses[label];
    }
    Term output;
    for (std::size_t k = ellipsis_; k > 0; --k) output.push_back(kEllipsisEnd - k);
    for (Label label = 0; label < kEllipsisBegin; ++label) {
      if (uses[label] == 1) output.push_back(label);
    }
    return output;
  }

  static Term labels_without(const EinsumEquation& equation) {
    Term summed;
    for (const Term& term : equation.operands) {
      for (const Label label : term) {
        if (std::find(equation.output.begin(), equation.output.end(), label) ==
                equation.output.end() &&
            std::find(summed.begin(), summed.end(), label) == summed.end()) {
          summed.push_back(label);
        }
      }
    }
    return summed;
  }

  const std::string& text_;
  std::vector<std::string> operands_;
  std::string output_;
  bool has_output_ = false;
  std::size_t ellipsis_ = 0;  // Dims that the longest "..." stands for.
};

}  // namespace

std::vector<std::int64_t> EinsumEquation::extents(std::span<const Shape> shapes) const {
  std::vector<std::int64_t> result(labels, 1);
  for (std::size_t i = 0; i < operands.size(); ++i) {
    for (std::size_t axis = 0; axis < operands[i].size(); ++axis) {
      std::int64_t& extent = result[operands[i][axis]];
      const std::int64_t dim = shapes[i][axis];
      if (extent >= 0 && extent != 1 && dim >= 0 && dim != 1 && dim != extent) {
        throw Error(ErrorCode::mismatch,
                    fmt::format("dimension {} of input {} has {} elements, an earlier one of the "
                                "same letter has {}",
                                axis, i, dim, extent));
      }
      // 1 is broadcast, and an unknown dim next to a known one is that one.
      if (extent == 1 || (extent == kUnknownDim && dim != 1)) extent = dim;
    }
  }
  return result;
}

EinsumEquation parse_equation(const std::string& text, std::span<const std::size_t> ranks) {
  return Parser(text).resolve(ranks);
}

}  // namespace colonnade
